package io.github.mamba4j.engine.tokenize.file;

import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.model.Vocabulary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Added tokens and the ids they get: the one of the vocabulary, if the token is there, else the next free one. What a file
 * says of ids does not count; Hugging Face's tokenizers do not look at it either.
 */
final class AddedTokenList {
    private final Vocabulary vocabulary;
    private final int vocabSize;
    private final Map<String, AddedToken> byContent = new LinkedHashMap<>();
    private int maxId = -1;

    AddedTokenList(Vocabulary vocabulary, int vocabSize) {
        this.vocabulary = vocabulary;
        this.vocabSize = vocabSize;
    }

    AddedTokenList(Vocabulary vocabulary, int vocabSize, List<AddedToken> tokens) {
        this(vocabulary, vocabSize);
        tokens.forEach(this::add);
    }

    boolean has(String content) {
        return byContent.containsKey(content);
    }

    /** Adds a token, or changes it if it is there; returns its id, 0 for an empty one, which is left out. */
    int add(AddedToken token) {
        if (token.content().isEmpty()) {
            return 0;
        }
        AddedToken known = byContent.get(token.content());
        int inVocabulary = vocabulary.id(token.content());
        int id;
        if (known != null) {
            id = known.id();
        } else if (inVocabulary >= 0) {
            id = inVocabulary;
        } else {
            id = Math.max(maxId + 1, vocabSize);
        }
        maxId = Math.max(maxId, id);
        boolean special = token.special() || known != null && known.special();
        byContent.put(token.content(), new AddedToken(id, token.content(), token.singleWord(), token.lstrip(),
                token.rstrip(), token.normalized(), special));
        return id;
    }

    int id(String content) {
        AddedToken token = byContent.get(content);
        return token != null ? token.id() : vocabulary.id(content);
    }

    List<AddedToken> tokens() {
        return new ArrayList<>(byContent.values());
    }
}
