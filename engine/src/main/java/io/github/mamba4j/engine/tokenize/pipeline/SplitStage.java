package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.pipeline.Step.Behavior;

/** Cuts pieces at matches. What is empty is left out. */
final class SplitStage extends Stage {
    private final Finder finder;
    private final Behavior behavior;
    private final boolean invert;
    private final Stage next;
    private final Piece part = new Piece();
    private Piece whole;
    /** What is held back, for it may become longer: its bounds and whether it is a match. */
    private int heldFrom;
    private int heldTo;
    private boolean heldMatch;
    private boolean holds;

    SplitStage(Finder finder, Behavior behavior, boolean invert, Stage next) {
        this.finder = finder;
        this.behavior = behavior;
        this.invert = invert;
        this.next = next;
    }

    @Override
    void accept(Piece piece) {
        whole = piece;
        holds = false;
        finder.begin(piece.chars, piece.from, piece.to);
        int at = piece.from;
        int to = piece.to;
        while (at < to && finder.next(at)) {
            if (finder.start() > at) {
                take(at, finder.start(), invert);
            }
            at = finder.end();
            take(finder.start(), at, !invert);
        }
        if (at < to) {
            take(at, to, invert);
        }
        release();
    }

    private void take(int from, int to, boolean match) {
        switch (behavior) {
            case ISOLATED -> pass(from, to);
            case REMOVED -> {
                if (!match) {
                    pass(from, to);
                }
            }
            case CONTIGUOUS -> join(holds && match == heldMatch, from, to, match);
            case MERGED_WITH_PREVIOUS -> join(holds && match && !heldMatch, from, to, match);
            case MERGED_WITH_NEXT -> join(holds && !match && heldMatch, from, to, match);
        }
    }

    private void join(boolean joins, int from, int to, boolean match) {
        if (!joins) {
            release();
            heldFrom = from;
        }
        heldTo = to;
        heldMatch = match;
        holds = true;
    }

    private void release() {
        if (holds) {
            holds = false;
            pass(heldFrom, heldTo);
        }
    }

    private void pass(int from, int to) {
        next.accept(part.set(whole, from, to));
    }
}
