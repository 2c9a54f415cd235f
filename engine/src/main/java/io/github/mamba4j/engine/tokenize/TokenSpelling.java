package io.github.mamba4j.engine.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.tokenize.pipeline.ByteAlphabet;
import io.github.mamba4j.weights.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How a vocabulary spells bytes, as its decoder says:
 * <ul>
 * <li>{@code ByteLevel}: every character is one byte of the {@link ByteAlphabet}; a token with another character is
 * itself in UTF-8;
 * <li>{@code ByteFallback}: {@code <0xNN>} is the byte NN;
 * <li>{@code Replace}: a text stands for another, like U+2581 for a space;
 * <li>{@code Metaspace}: the same, but in the first token of a text the marks go;
 * <li>{@code Strip}: what goes at the ends of a token, or, after {@code Fuse}, at the ends of the whole text.
 * </ul>
 *
 * @param steps what is done with a token, in order
 * @param edges what is done at the ends of the text
 */
record TokenSpelling(List<Step> steps, TextEdges edges) {
    private static final int HEX = 16;
    private static final int BYTE_LENGTH = 6;
    private static final int MAX_STRIP = 1000;

    /** One of the decoders. */
    sealed interface Step {
        /** Characters are bytes. */
        record Bytes() implements Step {}

        /** {@code <0xNN>} is a byte. */
        record HexBytes() implements Step {}

        /** One text stands for another. */
        record Replace(String from, String to) implements Step {}

        /** A mark stands for a space, or, in the first token, for nothing. */
        record Marks(String mark, boolean dropsFirst) implements Step {}

        /** A character goes at the ends. */
        record Strip(char content, int start, int stop) implements Step {}
    }

    static TokenSpelling of(String location, JsonNode decoder) throws CheckpointException {
        return new Reader(location).read(decoder);
    }

    /** Whether the first token of a text is spelled otherwise. */
    boolean firstDiffers() {
        return steps.stream().anyMatch(step -> step instanceof Step.Marks marks && marks.dropsFirst());
    }

    byte[] bytes(String token, boolean first) {
        String text = token;
        for (Step step : steps) {
            switch (step) {
                case Step.Bytes() -> {
                    byte[] bytes = ByteAlphabet.bytes(text);
                    if (bytes != null) {
                        return bytes;
                    }
                }
                case Step.HexBytes() -> {
                    int value = hexByte(text);
                    if (value >= 0) {
                        return new byte[]{(byte) value};
                    }
                }
                case Step.Replace(String from, String to) -> text = text.replace(from, to);
                case Step.Marks(String mark, boolean drops) -> text = text.replace(mark, first && drops ? "" : " ");
                case Step.Strip strip -> text = strip(text, strip);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static int hexByte(String token) {
        if (token.length() != BYTE_LENGTH || !token.startsWith("<0x") || token.charAt(BYTE_LENGTH - 1) != '>') {
            return -1;
        }
        int high = Character.digit(token.charAt(3), HEX);
        int low = Character.digit(token.charAt(4), HEX);
        return high < 0 || low < 0 || token.charAt(3) > 'f' || token.charAt(4) > 'f' ? -1 : HEX * high + low;
    }

    private static String strip(String text, Step.Strip strip) {
        int from = 0;
        while (from < Math.min(strip.start(), text.length()) && text.charAt(from) == strip.content()) {
            from++;
        }
        int to = text.length();
        while (to > from && text.length() - to < strip.stop() && text.charAt(to - 1) == strip.content()) {
            to--;
        }
        return text.substring(from, to);
    }

    /** Reads a decoder. */
    private static final class Reader {
        private final String location;
        private final List<Step> steps = new ArrayList<>();
        private TextEdges edges = TextEdges.NONE;
        private boolean fused;
        private boolean hasEdges;

        Reader(String location) {
            this.location = location;
        }

        TokenSpelling read(JsonNode decoder) throws CheckpointException {
            add(decoder);
            return new TokenSpelling(List.copyOf(steps), edges);
        }

        private void add(JsonNode node) throws CheckpointException {
            switch (node.path("type").asText()) {
                case "Sequence" -> {
                    for (JsonNode part : node.path("decoders")) {
                        add(part);
                    }
                }
                case "ByteLevel" -> {
                    check(!fused, node);
                    steps.add(new Step.Bytes());
                    fused = true;
                }
                case "ByteFallback" -> {
                    check(!fused, node);
                    steps.add(new Step.HexBytes());
                }
                case "Replace" -> replace(node);
                case "Metaspace" -> {
                    check(!fused, node);
                    boolean drops = node.path("add_prefix_space").asBoolean(true)
                            && !node.path("prepend_scheme").asText().equals("never");
                    steps.add(new Step.Marks(node.path("replacement").asText("\u2581"), drops));
                }
                case "Strip" -> strip(node);
                case "Fuse" -> fused = true;
                default -> throw new CheckpointException(location + ": expected a decoder of the types ByteLevel, "
                        + "ByteFallback, Replace, Metaspace, Strip, Fuse or a Sequence of them, found "
                        + (node.isObject() ? node.path("type") : "none"));
            }
        }

        private void check(boolean possible, JsonNode node) throws CheckpointException {
            if (!possible) {
                throw new CheckpointException(location + ": decoder: " + node.path("type").asText()
                        + " after the tokens are joined is not supported");
            }
        }

        private void replace(JsonNode node) throws CheckpointException {
            JsonNode from = node.path("pattern").path("String");
            if (!from.isTextual()) {
                // A pattern may reach over the borders of tokens, which are spelled one by one here.
                throw new CheckpointException(location + ": expected a decoder that replaces a text, found the pattern "
                        + node.path("pattern"));
            }
            if (from.textValue().isEmpty()) {
                throw new CheckpointException(location + ": expected patterns that are not empty, found " + node);
            }
            check(!fused, node);
            steps.add(new Step.Replace(from.textValue(), node.path("content").asText()));
        }

        private void strip(JsonNode node) throws CheckpointException {
            String content = node.path("content").asText();
            int start = node.path("start").asInt();
            int stop = node.path("stop").asInt();
            if (content.length() != 1 || start < 0 || stop < 0 || start > MAX_STRIP || stop > MAX_STRIP) {
                throw new CheckpointException(location + ": decoder: expected a Strip of one character at most "
                        + MAX_STRIP + " times, found " + node);
            }
            if (!fused) {
                steps.add(new Step.Strip(content.charAt(0), start, stop));
                return;
            }
            check(!hasEdges, node);
            hasEdges = true;
            edges = new TextEdges(content.charAt(0), start, stop);
        }
    }
}
