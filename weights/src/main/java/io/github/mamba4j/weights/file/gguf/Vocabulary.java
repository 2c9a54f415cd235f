package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** The tokens of a GGUF file: their texts, their types, and those with a role. */
final class Vocabulary {
    /** Twice the largest vocabulary in use. */
    private static final int MAX_TOKENS = 1 << 20;
    private static final int MAX_CHARS = 1 << 24;
    /** What files hold in a field that cannot be left out. */
    private static final long NONE = 0xffff_ffffL;

    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;

    /** Texts that end what a model writes, whatever the file says of their type. */
    private static final Set<String> ENDS = Set.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>",
            "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>",
            "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>",
            "<\uff5cend\u2581of\u2581sentence\uff5c>",
            "[e~[");

    private final GgufMetadata metadata;
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Integer> ids;
    private final GgufArray types;

    private Vocabulary(GgufMetadata metadata, int size, GgufArray types) {
        this.metadata = metadata;
        this.ids = HashMap.newHashMap(size);
        this.types = types;
    }

    static Vocabulary read(GgufMetadata metadata) throws IOException {
        GgufArray tokens = required(metadata, "tokenizer.ggml.tokens");
        if (tokens.size() > MAX_TOKENS) {
            throw new CheckpointException(metadata.location() + ": metadata 'tokenizer.ggml.tokens': expected at most "
                    + MAX_TOKENS + " tokens, found " + tokens.size());
        }
        GgufArray types = metadata.array("tokenizer.ggml.token_type").orElse(null);
        requireSize(metadata, "tokenizer.ggml.token_type", types, tokens.size());
        var vocabulary = new Vocabulary(metadata, (int) tokens.size(), types);
        long[] chars = new long[1];
        tokens.forEachString((id, token) -> {
            chars[0] += token.length();
            vocabulary.add(id, token, chars[0]);
        });
        return vocabulary;
    }

    private void add(int id, String text, long chars) throws CheckpointException {
        if (chars > MAX_CHARS) {
            throw new CheckpointException(metadata.location() + ": metadata 'tokenizer.ggml.tokens': expected at most "
                    + MAX_CHARS + " characters in all, found more");
        }
        String token = text.isEmpty() ? "[EMPTY_" + id + "]" : text;
        Integer other = ids.putIfAbsent(token, id);
        if (other != null) {
            throw new CheckpointException(metadata.location() + ": metadata 'tokenizer.ggml.tokens': expected each "
                    + "token once, found '" + token + "' as " + other + " and " + id);
        }
        tokens.add(token);
    }

    static GgufArray required(GgufMetadata metadata, String key) throws CheckpointException {
        return metadata.array(key).orElseThrow(
                () -> new CheckpointException(metadata.location() + ": metadata '" + key + "' is missing"));
    }

    static void requireSize(GgufMetadata metadata, String key, GgufArray array, long size) throws CheckpointException {
        if (array != null && array.size() != size) {
            throw new CheckpointException(metadata.location() + ": metadata '" + key + "': expected " + size
                    + " elements, one for each token, found " + array.size());
        }
    }

    /** The number of tokens. */
    int size() {
        return tokens.size();
    }

    /** The text of a token. */
    String token(int id) {
        return tokens.get(id);
    }

    /** The id of a text; null if it is no token. */
    Integer id(String token) {
        return ids.get(token);
    }

    /** Whether a token is found in texts before anything is merged. */
    boolean isAdded(int id) throws CheckpointException {
        return !isFiller(id) && (isSpecial(id) || type(id) == USER_DEFINED);
    }

    /** Whether a token has a meaning but no text. */
    boolean isSpecial(int id) throws CheckpointException {
        long type = type(id);
        return !isFiller(id) && (type == CONTROL || type == UNKNOWN || ENDS.contains(token(id)));
    }

    /** Whether a token only makes the vocabulary as long as the embedding: it must not be found in a text. */
    private boolean isFiller(int id) {
        return token(id).startsWith("[PAD") && token(id).equals("[PAD" + id + "]");
    }

    private long type(int id) throws CheckpointException {
        return types == null ? 1 : types.integer(id);
    }

    /**
     * A token with a role.
     *
     * @param role the middle of its key, such as bos
     */
    OptionalInt role(String role) throws CheckpointException {
        String key = "tokenizer.ggml." + role + "_token_id";
        OptionalLong id = metadata.integer(key);
        if (id.isEmpty() || id.getAsLong() == NONE || id.getAsLong() == -1) {
            return OptionalInt.empty();
        }
        if (id.getAsLong() < 0 || id.getAsLong() >= size()) {
            throw new CheckpointException(metadata.location() + ": metadata '" + key + "': expected the id of one of "
                    + size() + " tokens, found " + id.getAsLong());
        }
        return OptionalInt.of((int) id.getAsLong());
    }

    /** The ids of the tokens that end what a model writes. */
    Set<Integer> ends(OptionalInt eos) throws CheckpointException {
        Set<Integer> ends = new TreeSet<>();
        eos.ifPresent(ends::add);
        role("eot").ifPresent(ends::add);
        role("eom").ifPresent(ends::add);
        for (String text : ENDS) {
            Optional.ofNullable(id(text)).ifPresent(ends::add);
        }
        boolean harmony = ids.containsKey("<|return|>") && ids.containsKey("<|call|>")
                || ids.containsKey("<|calls|>") && ids.containsKey("<|flush|>");
        if (harmony && ids.containsKey("<|end|>")) {
            // There it ends one message of several.
            ends.remove(id("<|end|>"));
        }
        return ends;
    }
}
