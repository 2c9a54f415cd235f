package io.github.mamba4j.engine.tokenize.pipeline;

/** A part of what cuts a text into words. Immutable and thread-safe. */
sealed interface Step {
    /** A stage that does it and passes its pieces on. */
    Stage stage(Run run, Stage next);

    /** What becomes of a place where a text is cut. */
    enum Behavior {
        REMOVED, ISOLATED, MERGED_WITH_PREVIOUS, MERGED_WITH_NEXT, CONTIGUOUS
    }

    /**
     * Cuts at matches.
     *
     * @param kind what is looked for
     * @param behavior what becomes of the matches
     * @param invert whether what is between the matches counts as match
     */
    record Split(Finder.Kind kind, Behavior behavior, boolean invert) implements Step {
        @Override
        public Stage stage(Run run, Stage next) {
            return new SplitStage(kind.finder(), behavior, invert, next);
        }
    }

    /**
     * Puts a character before a stretch that does not begin with it.
     *
     * @param mark the character
     * @param first whether only where the text begins
     */
    record Prefix(char mark, boolean first) implements Step {
        @Override
        public Stage stage(Run run, Stage next) {
            return new Stage() {
                @Override
                void accept(Piece piece) {
                    boolean begins = piece.beginsText();
                    if (piece.length() == 0 || piece.chars[piece.from] == mark || first && !begins
                            || run.isContinued() && begins) {
                        next.accept(piece);
                        return;
                    }
                    Rewriter rewriter = new Rewriter(piece, run);
                    rewriter.append(mark, piece.from);
                    rewriter.copy(piece.from, piece.to);
                    next.accept(rewriter.piece());
                }
            };
        }
    }

    /**
     * Puts a character in the place of another.
     *
     * @param from the other
     * @param to what comes in its place
     */
    record Swap(char from, char to) implements Step {
        @Override
        public Stage stage(Run run, Stage next) {
            return new Stage() {
                @Override
                void accept(Piece piece) {
                    next.accept(Normalizer.Replace.replaceChar(piece, from, to));
                }
            };
        }
    }

    /** Writes bytes in the {@link ByteAlphabet}. */
    record Bytes() implements Step {
        @Override
        public Stage stage(Run run, Stage next) {
            return new ByteStage(run, next);
        }
    }
}
