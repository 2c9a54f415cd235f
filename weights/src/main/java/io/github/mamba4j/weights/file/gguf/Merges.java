package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The merges of a BPE vocabulary: which two tokens become one, the most wanted first. */
final class Merges {
    private static final int MAX_MERGES = 1 << 21;
    /** SentencePiece makes pieces of up to 16 characters by default; longer ones are not taken apart. */
    private static final int MAX_PIECE = 64;

    private Merges() {}

    /**
     * Two tokens.
     *
     * @param left the id of the first
     * @param right the id of the second
     * @param score how much the result is wanted
     */
    record Merge(int left, int right, float score) {}

    /**
     * Reads the merges of a byte-level vocabulary. One of which a part or the result is no token is left out: it could
     * only lead to something that cannot be written.
     */
    static List<Merge> read(GgufMetadata metadata, Vocabulary vocabulary) throws IOException {
        String key = "tokenizer.ggml.merges";
        GgufArray array = Vocabulary.required(metadata, key);
        if (array.size() > MAX_MERGES) {
            throw new CheckpointException(metadata.location() + ": metadata '" + key + "': expected at most "
                    + MAX_MERGES + " merges, found " + array.size());
        }
        List<Merge> merges = new ArrayList<>((int) array.size());
        array.forEachString((i, merge) -> {
            // The first part may begin with a space in files of old.
            int space = merge.indexOf(' ', 1);
            if (space < 0) {
                throw new CheckpointException(metadata.location() + ": metadata '" + key
                        + "': expected two tokens with a space between them, found '" + merge + "'");
            }
            Integer left = vocabulary.id(merge.substring(0, space));
            Integer right = vocabulary.id(merge.substring(space + 1));
            if (left != null && right != null
                    && vocabulary.id(vocabulary.token(left) + vocabulary.token(right)) != null) {
                merges.add(new Merge(left, right, 0));
            }
        });
        return merges;
    }

    /**
     * Derives the merges of a SentencePiece vocabulary from its scores, as transformers does it: every way to cut a token
     * into two tokens is a merge, the highest score of the whole first. Tokens that are found in texts beforehand take no
     * part.
     */
    static List<Merge> fromScores(GgufMetadata metadata, Vocabulary vocabulary) throws CheckpointException {
        String key = "tokenizer.ggml.scores";
        GgufArray scores = Vocabulary.required(metadata, key);
        Vocabulary.requireSize(metadata, key, scores, vocabulary.size());
        List<Merge> merges = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            String token = vocabulary.token(id);
            if (token.length() > 1 && token.length() <= MAX_PIECE && !vocabulary.isAdded(id)) {
                addCuts(merges, vocabulary, token, (float) scores.number(id));
            }
            if (merges.size() > MAX_MERGES) {
                throw new CheckpointException(metadata.location() + ": metadata 'tokenizer.ggml.tokens': expected "
                        + "tokens that can be cut into two tokens in at most " + MAX_MERGES + " ways, found more");
            }
        }
        Comparator<Merge> byLength = Comparator.<Merge>comparingInt(merge -> length(vocabulary, merge.left()))
                .thenComparingInt(merge -> length(vocabulary, merge.right()));
        merges.sort(Comparator.comparingDouble(Merge::score).thenComparing(byLength).reversed());
        return merges;
    }

    private static void addCuts(List<Merge> merges, Vocabulary vocabulary, String token, float score) {
        List<Merge> cuts = new ArrayList<>();
        for (int cut = token.offsetByCodePoints(0, 1); cut < token.length(); cut = token.offsetByCodePoints(cut, 1)) {
            Integer left = vocabulary.id(token.substring(0, cut));
            Integer right = left == null ? null : vocabulary.id(token.substring(cut));
            if (right != null) {
                cuts.add(new Merge(left, right, score));
            }
        }
        cuts.sort(Comparator.comparingInt(Merge::left).thenComparingInt(Merge::right));
        merges.addAll(cuts);
    }

    private static int length(Vocabulary vocabulary, int id) {
        String token = vocabulary.token(id);
        return token.codePointCount(0, token.length());
    }
}
