package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.model.TokenBuffer;
import io.github.mamba4j.engine.tokenize.model.TokenModel;
import io.github.mamba4j.engine.tokenize.model.WordEncoder;
import io.github.mamba4j.engine.tokenize.pattern.Interrupts;

/** The last stage: words become tokens. */
final class ModelStage extends Stage {
    private static final int CHARS_BETWEEN_CHECKS = 1 << 16;

    private final Run run;
    private final WordEncoder encoder;
    private final char cut;
    /** Whether words are given to the model in the byte alphabet. */
    private final boolean bytes;
    private final WordCache cache = new WordCache();
    private final TokenBuffer word = new TokenBuffer();
    private TokenBuffer out;
    private boolean places;
    private int chars;

    ModelStage(Run run, TokenModel model, boolean bytes) {
        this.run = run;
        this.bytes = bytes;
        encoder = model.encoder();
        cut = bytes ? 0 : model.safeCut();
    }

    /** Says where the tokens go, and whether it has to be known where they are in the text. */
    void begin(TokenBuffer into, boolean withPlaces) {
        out = into;
        places = withPlaces;
    }

    @Override
    void accept(Piece piece) {
        if (cut == 0) {
            encode(piece, piece.from, piece.to);
            return;
        }
        char[] text = piece.chars;
        int from = piece.from;
        int to = piece.to;
        int start = from;
        for (int i = from + 1; i < to; i++) {
            if (text[i] == cut && text[i - 1] != cut) {
                encode(piece, start, i);
                start = i;
            }
        }
        encode(piece, start, to);
    }

    private void encode(Piece piece, int from, int to) {
        chars += to - from;
        if (chars >= CHARS_BETWEEN_CHECKS) {
            chars = 0;
            Interrupts.check();
        }
        if (places) {
            encodeWithPlaces(piece, from, to);
            return;
        }
        char[] text = piece.chars;
        if (to - from > WordCache.MAX_WORD) {
            look(piece, from, to);
            for (int i = 0; i < word.size(); i++) {
                out.add(word.id(i), 0, 0);
            }
            return;
        }
        int hash = WordCache.hash(text, from, to);
        int[] known = cache.get(hash, text, from, to);
        if (known == null) {
            look(piece, from, to);
            cache.put(hash, text, from, to, word);
            known = word.ids();
        }
        for (int id : known) {
            out.add(id, 0, 0);
        }
    }

    private Piece look(Piece piece, int from, int to) {
        word.clear();
        Piece part = piece;
        int start = from;
        int end = to;
        if (bytes) {
            part = ByteStage.map(new Piece().set(piece, from, to), run);
            start = 0;
            end = part.to;
        }
        encoder.encode(part.chars, start, end, word);
        return part;
    }

    private void encodeWithPlaces(Piece piece, int from, int to) {
        Piece part = look(piece, from, to);
        int base = bytes ? 0 : from;
        for (int i = 0; i < word.size(); i++) {
            out.add(word.id(i), part.startOf(base + word.start(i)), part.endOf(base + word.end(i) - 1));
        }
    }
}
