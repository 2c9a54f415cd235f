package io.github.mamba4j.engine.tokenize.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code normalizer} of a file. */
final class NormalizerReader {
    private static final int MAX_PARTS = 100;

    private NormalizerReader() {}

    /** Null if there is none. */
    static Normalizer read(JsonNode node) throws UncoveredException {
        List<Normalizer> parts = new ArrayList<>();
        add(node, parts);
        return parts.isEmpty() ? null : parts.size() == 1 ? parts.get(0) : new Normalizer.Sequence(List.copyOf(parts));
    }

    private static void add(JsonNode node, List<Normalizer> parts) throws UncoveredException {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        String type = node.path("type").asText();
        if (type.equals("Sequence")) {
            for (JsonNode part : node.path("normalizers")) {
                add(part, parts);
            }
            return;
        }
        parts.add(switch (type) {
            case "NFC", "NFD", "NFKC", "NFKD" -> new Normalizer.Form(java.text.Normalizer.Form.valueOf(type));
            case "Prepend" -> new Normalizer.Prepend(node.path("prepend").asText());
            case "Replace" ->
                new Normalizer.Replace(Patterns.read(node.path("pattern")), node.path("content").asText());
            case "Lowercase" -> new Normalizer.Lowercase();
            case "Strip" -> new Normalizer.Strip(node.path("strip_left").asBoolean(),
                    node.path("strip_right").asBoolean());
            case "StripAccents" -> new Normalizer.StripAccents();
            case "ByteLevel" -> new Normalizer.Bytes();
            default -> throw new UncoveredException("the normalizer " + (type.isEmpty() ? node : type));
        });
        if (parts.size() > MAX_PARTS) {
            throw new UncoveredException("more than " + MAX_PARTS + " normalizers");
        }
    }
}
