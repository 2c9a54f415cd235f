package io.github.mamba4j.engine.tokenize.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.tokenize.pattern.CharSet;
import io.github.mamba4j.engine.tokenize.pipeline.Step.Behavior;
import java.util.List;

/** Reads the {@code pre_tokenizer} of a file. */
final class StepReader {
    private static final int MAX_STEPS = 100;

    private StepReader() {}

    static void read(JsonNode node, List<Step> steps) throws UncoveredException {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        String type = node.path("type").asText();
        switch (type) {
            case "Sequence" -> {
                for (JsonNode part : node.path("pretokenizers")) {
                    read(part, steps);
                }
            }
            case "ByteLevel" -> byteLevel(node, steps);
            case "Split" -> steps.add(new Step.Split(Patterns.read(node.path("pattern")), behavior(node),
                    node.path("invert").asBoolean()));
            case "Digits" -> steps.add(new Step.Split(new Finder.Chars(CharSet.NUMBERS::contains),
                    node.path("individual_digits").asBoolean() ? Behavior.ISOLATED : Behavior.CONTIGUOUS, false));
            case "Metaspace" -> metaspace(node, steps);
            case "Whitespace" -> steps.add(new Step.Split(new Finder.WordRuns(), Behavior.REMOVED, true));
            case "WhitespaceSplit" -> steps.add(
                    new Step.Split(new Finder.Chars(UnicodeTables::isSpace), Behavior.REMOVED, false));
            case "Punctuation" -> steps.add(new Step.Split(new Finder.Chars(UnicodeTables::isPunctuation),
                    node.has("behavior") ? behavior(node) : Behavior.ISOLATED, false));
            default -> throw new UncoveredException("the pre-tokenizer " + (type.isEmpty() ? node : type));
        }
        if (steps.size() > MAX_STEPS) {
            throw new UncoveredException("more than " + MAX_STEPS + " pre-tokenizers");
        }
    }

    private static void byteLevel(JsonNode node, List<Step> steps) {
        if (node.path("add_prefix_space").asBoolean()) {
            steps.add(new Step.Prefix(' ', false));
        }
        if (node.path("use_regex").asBoolean(true)) {
            steps.add(new Step.Split(new Finder.Pattern(Patterns.GPT2), Behavior.ISOLATED, false));
        }
        steps.add(new Step.Bytes());
    }

    private static void metaspace(JsonNode node, List<Step> steps) throws UncoveredException {
        String mark = node.path("replacement").asText("\u2581");
        if (mark.length() != 1) {
            throw new UncoveredException("the pre-tokenizer Metaspace with the replacement \"" + mark + "\"");
        }
        char c = mark.charAt(0);
        if (c != ' ') {
            steps.add(new Step.Swap(' ', c));
        }
        switch (scheme(node)) {
            case "always" -> steps.add(new Step.Prefix(c, false));
            case "first" -> steps.add(new Step.Prefix(c, true));
            default -> {
                // Nothing comes before.
            }
        }
        if (node.path("split").asBoolean(true)) {
            steps.add(new Step.Split(new Finder.Chars(x -> x == c), Behavior.MERGED_WITH_NEXT, false));
        }
    }

    /** Old files have {@code add_prefix_space} instead. */
    static String scheme(JsonNode node) throws UncoveredException {
        boolean never = !node.path("add_prefix_space").asBoolean(true);
        String scheme = node.path("prepend_scheme").asText(never ? "never" : "always");
        boolean known = scheme.equals("always") || scheme.equals("first") || scheme.equals("never");
        if (!known || never && !scheme.equals("never")) {
            throw new UncoveredException("the pre-tokenizer Metaspace with the prepend_scheme " + scheme);
        }
        return scheme;
    }

    private static Behavior behavior(JsonNode node) throws UncoveredException {
        String name = node.path("behavior").asText();
        return switch (name) {
            case "Removed" -> Behavior.REMOVED;
            case "Isolated" -> Behavior.ISOLATED;
            case "MergedWithPrevious" -> Behavior.MERGED_WITH_PREVIOUS;
            case "MergedWithNext" -> Behavior.MERGED_WITH_NEXT;
            case "Contiguous" -> Behavior.CONTIGUOUS;
            default -> throw new UncoveredException("the behavior " + name);
        };
    }
}
