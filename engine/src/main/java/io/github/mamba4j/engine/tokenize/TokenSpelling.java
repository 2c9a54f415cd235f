package io.github.mamba4j.engine.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a vocabulary spells bytes, as its decoder says:
 * <ul>
 * <li>{@code ByteLevel}: every character is one byte of the {@link ByteAlphabet}; a token with another character is
 * itself in UTF-8;
 * <li>{@code ByteFallback}: {@code <0xNN>} is the byte NN;
 * <li>{@code Replace} and {@code Metaspace}: a text stands for another, like U+2581 for a space;
 * <li>{@code Strip}, {@code Fuse}: what happens at the ends of a whole text.
 * </ul>
 *
 * @param byteLevel whether characters are bytes
 * @param byteFallback whether {@code <0xNN>} is a byte
 * @param replacements what stands for what, in order
 * @param dropsLeadingSpace whether the space that begins a text is the tokenizer's own
 */
record TokenSpelling(boolean byteLevel, boolean byteFallback, List<Replacement> replacements,
        boolean dropsLeadingSpace) {
    private static final Pattern BYTE = Pattern.compile("<0x[0-9A-Fa-f]{2}>");

    /**
     * One replacement.
     *
     * @param from what is written
     * @param to what it stands for
     */
    record Replacement(String from, String to) {}

    static TokenSpelling of(String location, JsonNode decoder) throws CheckpointException {
        List<JsonNode> steps = new ArrayList<>();
        if (decoder.path("type").asText().equals("Sequence")) {
            decoder.path("decoders").forEach(steps::add);
        } else {
            steps.add(decoder);
        }
        boolean byteLevel = false;
        boolean byteFallback = false;
        boolean drops = false;
        List<Replacement> replacements = new ArrayList<>();
        for (JsonNode step : steps) {
            switch (step.path("type").asText()) {
                case "ByteLevel" -> byteLevel = true;
                case "ByteFallback" -> byteFallback = true;
                case "Replace" -> replacements.add(replacement(location, step));
                case "Metaspace" -> {
                    replacements.add(new Replacement(step.path("replacement").asText("\u2581"), " "));
                    drops = step.path("add_prefix_space").asBoolean(true)
                            && !step.path("prepend_scheme").asText().equals("never");
                }
                case "Strip" -> drops = step.path("content").asText().equals(" ") && step.path("start").asInt() > 0;
                case "Fuse" -> {
                    // Joins the tokens, which is what bytes do anyway.
                }
                default -> throw new CheckpointException(location + ": expected a decoder of the types ByteLevel, "
                        + "ByteFallback, Replace, Metaspace, Strip, Fuse or a Sequence of them, found "
                        + (step.isObject() ? step.path("type") : "none"));
            }
        }
        return new TokenSpelling(byteLevel, byteFallback, List.copyOf(replacements), drops);
    }

    private static Replacement replacement(String location, JsonNode step) throws CheckpointException {
        JsonNode from = step.path("pattern").path("String");
        if (!from.isTextual()) {
            // A pattern may reach over the borders of tokens, which are spelled one by one here.
            throw new CheckpointException(
                    location + ": expected a decoder that replaces a text, found the pattern " + step.path("pattern"));
        }
        return new Replacement(from.textValue(), step.path("content").asText());
    }

    byte[] bytes(String token) {
        if (byteFallback && BYTE.matcher(token).matches()) {
            return new byte[]{(byte) Integer.parseInt(token.substring(3, 5), 16)};
        }
        if (byteLevel) {
            byte[] bytes = ByteAlphabet.bytes(token);
            if (bytes != null) {
                return bytes;
            }
        }
        String text = token;
        for (Replacement replacement : replacements) {
            text = text.replace(replacement.from(), replacement.to());
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
