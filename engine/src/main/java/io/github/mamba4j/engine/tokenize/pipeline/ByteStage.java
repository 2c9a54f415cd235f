package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.model.Utf8;

/** Writes the bytes of pieces in the {@link ByteAlphabet}. */
final class ByteStage extends Stage {
    private final Run run;
    private final Stage next;

    ByteStage(Run run, Stage next) {
        this.run = run;
        this.next = next;
    }

    @Override
    void accept(Piece piece) {
        next.accept(map(piece, run));
    }

    static Piece map(Piece piece, Run run) {
        Rewriter rewriter = new Rewriter(piece, run);
        int c;
        for (int i = piece.from; i < piece.to; i += Character.charCount(c)) {
            c = Character.codePointAt(piece.chars, i, piece.to);
            int length = Utf8.length(c);
            for (int k = 0; k < length; k++) {
                rewriter.append(ByteAlphabet.charOf(Utf8.byteAt(c, length, k)), i);
            }
        }
        return rewriter.piece();
    }
}
