package io.github.mamba4j.engine.tokenize.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code post_processor} of a file. */
final class PostProcessorReader {
    private static final int MAX_TOKENS = 1000;
    private static final int MAX_ID = 1 << 20;

    private final String location;

    private PostProcessorReader(String location) {
        this.location = location;
    }

    static PostProcessor read(String location, JsonNode node) throws UncoveredException, CheckpointException {
        return new PostProcessorReader(location).read(node);
    }

    private PostProcessor read(JsonNode node) throws UncoveredException, CheckpointException {
        if (node.isMissingNode() || node.isNull()) {
            return PostProcessor.NONE;
        }
        String type = node.path("type").asText();
        return switch (type) {
            case "Sequence" -> {
                PostProcessor all = PostProcessor.NONE;
                for (JsonNode part : node.path("processors")) {
                    all = all.then(read(part));
                    check(all.prefix().length + all.suffix().length);
                }
                yield all;
            }
            case "ByteLevel" -> trimming(node);
            case "TemplateProcessing" -> template(node);
            case "BertProcessing", "RobertaProcessing" -> {
                PostProcessor base = type.startsWith("R") ? trimming(node) : PostProcessor.NONE;
                yield base.withTokens(new int[]{id(node.path("cls").path(1))}, new int[]{id(node.path("sep").path(1))});
            }
            default -> throw new UncoveredException("the post-processor " + (type.isEmpty() ? node : type));
        };
    }

    private static PostProcessor trimming(JsonNode node) {
        boolean trims = node.path("trim_offsets").asBoolean(true);
        return new PostProcessor(new int[0], new int[0], trims, node.path("add_prefix_space").asBoolean(true));
    }

    private PostProcessor template(JsonNode node) throws UncoveredException, CheckpointException {
        List<Integer> prefix = new ArrayList<>();
        List<Integer> suffix = new ArrayList<>();
        boolean seen = false;
        for (JsonNode piece : node.path("single")) {
            if (piece.has("Sequence")) {
                if (seen || !piece.path("Sequence").path("id").asText().equals("A")) {
                    throw new UncoveredException("a template that has not the text once");
                }
                seen = true;
            } else {
                add(node, piece.path("SpecialToken").path("id").asText(), seen ? suffix : prefix);
            }
        }
        if (!seen) {
            throw new UncoveredException("a template without the text");
        }
        return PostProcessor.NONE.withTokens(ints(prefix), ints(suffix));
    }

    private void add(JsonNode node, String name, List<Integer> tokens) throws UncoveredException, CheckpointException {
        JsonNode token = node.path("special_tokens").path(name);
        if (token.isMissingNode()) {
            throw new CheckpointException(
                    location + ": post_processor: the special token \"" + name + "\" is used, but not defined");
        }
        for (JsonNode id : token.path("ids")) {
            tokens.add(id(id));
        }
        check(tokens.size());
    }

    private int id(JsonNode node) throws CheckpointException {
        if (!node.isInt() || node.intValue() < 0 || node.intValue() >= MAX_ID) {
            throw new CheckpointException(
                    location + ": post_processor: expected an id from 0 to " + (MAX_ID - 1) + ", found " + node);
        }
        return node.intValue();
    }

    private void check(int tokens) throws UncoveredException {
        if (tokens > MAX_TOKENS) {
            throw new UncoveredException("a template with more than " + MAX_TOKENS + " tokens");
        }
    }

    private static int[] ints(List<Integer> list) {
        return list.stream().mapToInt(Integer::intValue).toArray();
    }
}
