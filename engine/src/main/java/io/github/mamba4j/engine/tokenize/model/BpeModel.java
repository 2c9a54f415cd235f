package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/**
 * Byte-pair encoding: a word begins as its characters, and again and again the pair of neighbours that comes first in the
 * list of merges becomes one, of equal ones the leftmost. As Hugging Face's tokenizers do it.
 */
public final class BpeModel implements TokenModel {
    private static final char WORD_MARK = '\u2581';
    private static final int BYTES = 256;

    private final Vocabulary vocabulary;
    private final MergeTable merges;
    private final boolean fuseUnknown;
    private final boolean ignoreMerges;
    private final int unknown;
    /** By byte: the token {@code <0xNN>}, -1 if there is none; null without fallback to bytes. */
    private final int[] byteTokens;
    private final int[] charTokens;
    private final char safeCut;

    /**
     * What a file says besides vocabulary and merges.
     *
     * @param unknownToken the token for what the vocabulary does not have; null if such characters are left out
     * @param fuseUnknown whether several such characters become one token
     * @param byteFallback whether the tokens of a character's bytes come before the unknown token
     * @param ignoreMerges whether a word that is a token is that token, whatever the merges say
     */
    public record Options(String unknownToken, boolean fuseUnknown, boolean byteFallback, boolean ignoreMerges) {}

    /**
     * Makes a model.
     *
     * @param vocabulary the tokens
     * @param list the merges, the most worthy first
     * @param options the rest
     * @throws IllegalArgumentException if the vocabulary lacks a token of the merges, or the unknown one
     */
    public BpeModel(Vocabulary vocabulary, MergeList list, Options options) {
        this.vocabulary = vocabulary;
        merges = new MergeTable(list, vocabulary);
        fuseUnknown = options.fuseUnknown();
        ignoreMerges = options.ignoreMerges();
        unknown = options.unknownToken() == null ? -1 : vocabulary.id(options.unknownToken());
        if (options.unknownToken() != null && unknown < 0) {
            throw new IllegalArgumentException(
                    "the unknown token \"" + options.unknownToken() + "\" is not in the vocabulary");
        }
        byteTokens = options.byteFallback() ? byteTokens(vocabulary) : null;
        charTokens = charTokens(vocabulary);
        safeCut = !ignoreMerges && charTokens[WORD_MARK] >= 0 && isSafe(list) ? WORD_MARK : 0;
    }

    /** The tokens {@code <0xNN>} by byte, -1 where there is none. */
    static int[] byteTokens(Vocabulary vocabulary) {
        int[] tokens = new int[BYTES];
        for (int b = 0; b < BYTES; b++) {
            tokens[b] = vocabulary.id(String.format("<0x%02X>", b));
        }
        return tokens;
    }

    private static int[] charTokens(Vocabulary vocabulary) {
        int[] tokens = new int[Character.MAX_VALUE + 1];
        Arrays.fill(tokens, -1);
        for (int i = 0; i < vocabulary.size(); i++) {
            if (vocabulary.lengthAt(i) == 1) {
                tokens[vocabulary.charAt(i, 0)] = vocabulary.idAt(i);
            }
        }
        return tokens;
    }

    /** Whether no merge joins something else with what begins with the mark of a word. */
    private static boolean isSafe(MergeList list) {
        char[] chars = list.chars();
        for (int i = 0; i < list.size(); i++) {
            int middle = list.middle(i);
            if (middle < list.end(i) && chars[middle] == WORD_MARK
                    && (middle == list.start(i) || chars[middle - 1] != WORD_MARK)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Vocabulary vocabulary() {
        return vocabulary;
    }

    @Override
    public char safeCut() {
        return safeCut;
    }

    @Override
    public WordEncoder encoder() {
        return new BpeEncoder(this);
    }

    MergeTable merges() {
        return merges;
    }

    boolean fusesUnknown() {
        return fuseUnknown;
    }

    boolean ignoresMerges() {
        return ignoreMerges;
    }

    int unknown() {
        return unknown;
    }

    int[] byteTokens() {
        return byteTokens;
    }

    /** The token of a character; -1 if there is none. */
    int charToken(char[] chars, int at, int width) {
        return width == 1 ? charTokens[chars[at]] : vocabulary.id(chars, at, at + width);
    }
}
