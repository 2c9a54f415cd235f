package io.github.mamba4j.engine.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.tokenize.file.TokenizerFile;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.pipeline.EncoderReader;
import io.github.mamba4j.weights.CheckpointException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Lets through to the native library what is known to be harmless there. The library ends the process over a surprise,
 * while a file is loaded or when a text comes; so kinds and values that are not listed here are refused by name.
 *
 * @param file what is looked at
 */
record NativeAllowList(TokenizerFile file) {
    private static final int MAX_ADDED = 10_000;
    private static final int MAX_PARTS = 100;
    private static final int MAX_TEMPLATE = 1000;
    /** How many times as long a text may become. */
    private static final long MAX_GROWTH = 64;
    private static final int MAX_LITERAL = 1000;
    private static final Set<String> NORMALIZERS = Set.of("NFC", "NFD", "NFKC", "NFKD", "Prepend", "Replace",
            "Lowercase",
            "Strip", "StripAccents", "ByteLevel", "Nmt", "BertNormalizer");
    private static final Set<String> PRE_TOKENIZERS = Set.of("ByteLevel", "Split", "Digits", "Metaspace", "Whitespace",
            "WhitespaceSplit", "Punctuation", "BertPreTokenizer", "CharDelimiterSplit", "UnicodeScripts");
    private static final Set<String> BEHAVIORS = Set.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext",
            "Contiguous");
    /** Patterns that published tokenizers use; the library gives up over others, as a user's text decides. */
    private static final Set<String> PATTERNS = Set.of(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+"
                    + "[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "[0-9][0-9][0-9]", "[0-9]", "\\d", "\\d{1,3}", "\\p{N}", "\\p{N}{1,3}", "\\s+", " ", "\\n");

    void check() throws CheckpointException {
        checkModel();
        check(file.added().size() <= MAX_ADDED, "at most " + MAX_ADDED + " added tokens", file.added().size());
        parts("normalizer", "normalizers", file.normalizer(), NORMALIZERS);
        parts("pre_tokenizer", "pretokenizers", file.preTokenizer(), PRE_TOKENIZERS);
        checkAdded();
        checkPostProcessor(file.postProcessor());
    }

    private CheckpointException refused(String what) {
        return new CheckpointException(file.location() + ": " + what + " is not supported");
    }

    private void check(boolean holds, String expected, Object found) throws CheckpointException {
        if (!holds) {
            String shown = String.valueOf(found);
            throw new CheckpointException(file.location() + ": expected " + expected + ", found "
                    + (shown.length() <= 200 ? shown : shown.substring(0, 200) + "..."));
        }
    }

    private void checkModel() throws CheckpointException {
        JsonNode options = file.options();
        switch (file.modelType()) {
            case "BPE" -> {
                String prefix = options.path("continuing_subword_prefix").asText("");
                check(prefix.isEmpty() || options.path("continuing_subword_prefix").isNull(),
                        "BPE without a continuing_subword_prefix", prefix);
                check(options.path("dropout").asDouble(0) == 0, "BPE without dropout", options.path("dropout"));
                checkUnknown(options.path("unk_token"), false);
            }
            case "WordLevel", "WordPiece" -> checkUnknown(options.path("unk_token"), true);
            case "Unigram" -> {
                int unknown = options.path("unk_id").asInt(-1);
                check(unknown >= 0 && unknown < file.scores().length,
                        "an unk_id from 0 to " + (file.scores().length - 1), options.path("unk_id"));
            }
            default -> throw refused("the model " + file.modelType());
        }
    }

    private void checkUnknown(JsonNode token, boolean needed) throws CheckpointException {
        boolean known = token.isTextual() && file.vocabulary().id(token.textValue()) >= 0;
        boolean absent = token.isMissingNode() || token.isNull();
        check(known || absent && !needed, "an unk_token that is in the vocabulary", absent ? "none" : token);
    }

    /** Looks at all parts of a kind; what is not listed is refused. */
    private void parts(String name, String list, JsonNode node, Set<String> allowed) throws CheckpointException {
        long[] sums = {0, 1};
        parts(name, list, node, allowed, sums);
    }

    private void parts(String name, String list, JsonNode node, Set<String> allowed, long[] sums)
            throws CheckpointException {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        check(++sums[0] <= MAX_PARTS, "at most " + MAX_PARTS + " parts of a " + name, "more");
        String type = node.path("type").asText();
        if (type.equals("Sequence")) {
            for (JsonNode part : node.path(list)) {
                parts(name, list, part, allowed, sums);
            }
            return;
        }
        if (!allowed.contains(type)) {
            throw refused("the " + name + " " + (type.isEmpty() ? node.toString() : type));
        }
        switch (type) {
            case "Split" -> {
                checkPattern(node.path("pattern"));
                check(BEHAVIORS.contains(node.path("behavior").asText()), "a known behavior", node.path("behavior"));
            }
            case "Replace" -> {
                checkPattern(node.path("pattern"));
                sums[1] *= 1 + node.path("content").asText().length();
            }
            case "Prepend" -> check(node.path("prepend").asText().length() <= MAX_LITERAL,
                    "a text of at most " + MAX_LITERAL + " characters to prepend", "a longer one");
            default -> {
                // Nothing in it can do harm.
            }
        }
        check(sums[1] <= MAX_GROWTH, "normalizers that make a text at most " + MAX_GROWTH + " times as long", "more");
    }

    private void checkPattern(JsonNode pattern) throws CheckpointException {
        if (pattern.path("String").isTextual()) {
            int length = pattern.path("String").textValue().length();
            check(length > 0 && length <= MAX_LITERAL, "patterns that are not empty, nor longer than " + MAX_LITERAL,
                    length + " characters");
            return;
        }
        String regex = pattern.path("Regex").asText();
        if (!PATTERNS.contains(regex)) {
            throw refused("the pattern " + (regex.length() <= 200 ? regex : regex.substring(0, 200) + "..."));
        }
    }

    /** The library ends the process over an added token that is nothing once it is normalised. */
    private void checkAdded() throws CheckpointException {
        if (file.normalizer().isMissingNode() || file.normalizer().isNull()) {
            return;
        }
        Optional<List<String>> forms = EncoderReader.normalizedTexts(file);
        for (int i = 0; i < file.added().size(); i++) {
            AddedToken token = file.added().get(i);
            boolean stays = forms.isPresent()
                    ? !forms.get().get(i).isEmpty()
                    : token.content().chars().anyMatch(c -> c < 0x80 && Character.isLetterOrDigit(c));
            check(!token.normalized() || stays, "added tokens that stay something when they are normalised",
                    "\"" + token.content() + "\"");
        }
    }

    private void checkPostProcessor(JsonNode node) throws CheckpointException {
        if (node.isMissingNode() || node.isNull()) {
            return;
        }
        String type = node.path("type").asText();
        switch (type) {
            case "Sequence" -> {
                check(node.path("processors").size() <= MAX_PARTS, "at most " + MAX_PARTS + " processors", "more");
                for (JsonNode part : node.path("processors")) {
                    checkPostProcessor(part);
                }
            }
            case "TemplateProcessing" -> checkTemplate(node);
            case "ByteLevel", "BertProcessing", "RobertaProcessing" -> {
                // Nothing in it can do harm.
            }
            default -> throw refused("the post_processor " + type);
        }
    }

    private void checkTemplate(JsonNode node) throws CheckpointException {
        for (String side : List.of("single", "pair")) {
            int tokens = 0;
            for (JsonNode piece : node.path(side)) {
                JsonNode id = piece.path("SpecialToken").path("id");
                JsonNode token = node.path("special_tokens").path(id.asText());
                if (id.isTextual() && token.isMissingNode()) {
                    throw new CheckpointException(file.location() + ": post_processor: the special token \""
                            + id.textValue() + "\" is used, but not defined");
                }
                tokens += 1 + token.path("ids").size();
                check(tokens <= MAX_TEMPLATE, "a template of at most " + MAX_TEMPLATE + " tokens", "more");
            }
        }
    }
}
