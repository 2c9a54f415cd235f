package io.github.mamba4j.engine.tokenize;

import io.github.mamba4j.engine.tokenize.file.TokenizerFile;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.model.Vocabulary;
import io.github.mamba4j.weights.CheckpointException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From tokens to bytes: which bytes each stands for and whether it is special. Immutable and thread-safe. */
final class TokenTable {
    private static final byte[] NOTHING = new byte[0];

    private final Vocabulary vocabulary;
    private final TokenSpelling spelling;
    private final BitSet special = new BitSet();
    private final Map<Integer, String> added = new HashMap<>();
    private final int size;

    /**
     * Makes the table.
     *
     * @param file what the file says
     * @param texts how the added tokens are written where they are decoded, in the file's order
     */
    TokenTable(TokenizerFile file, List<String> texts) throws CheckpointException {
        vocabulary = file.vocabulary();
        spelling = TokenSpelling.of(file.location(), file.decoder());
        int max = vocabulary.maxId();
        for (int i = 0; i < file.added().size(); i++) {
            AddedToken token = file.added().get(i);
            special.set(token.id(), token.special());
            added.put(token.id(), texts.get(i));
            max = Math.max(max, token.id());
        }
        size = max + 1;
    }

    int size() {
        return size;
    }

    boolean isSpecial(int id) {
        return id >= 0 && special.get(id);
    }

    TextEdges edges() {
        return spelling.edges();
    }

    boolean firstDiffers() {
        return spelling.firstDiffers();
    }

    /** The bytes of a token; empty for special tokens and ids without a token. */
    byte[] bytes(int id, boolean first) {
        if (id < 0 || id >= size || special.get(id)) {
            return NOTHING;
        }
        String text = added.get(id);
        text = text == null ? vocabulary.token(id) : text;
        return text == null ? NOTHING : spelling.bytes(text, first);
    }
}
