package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.kernels.team.WorkQueue;

/**
 * The last step: a row's product with every token's row of the head (often the embedding itself) gives the logits. Works
 * on the rows that a batch has gathered, all at once, so that the largest matrix of the model is read once.
 */
final class LmHead {
    /** The fewest outputs that are worth a turn: there are many, and many rows are packed anew for each piece. */
    private static final int LEAST = 512;

    private final Matrix head;
    private final Workspace w;
    private final ThreadTeam.Region project = this::project;
    /** The batch at hand; a field, because a region takes no arguments. */
    private Batch batch;

    /** {@code head} is {@code [vocabSize, dModel]}. */
    LmHead(Matrix head, Workspace w) {
        this.head = head;
        this.w = w;
    }

    /** Writes the logits of a batch. */
    void forward(Batch b) {
        if (b.logitRows() > 0) {
            batch = b;
            try {
                w.turns.begin(head.rows(), LEAST);
                w.team.run(project);
            } finally {
                batch = null;
            }
        }
    }

    private void project(int member, int members) {
        for (long t = w.turns.next(member); t != WorkQueue.NONE; t = w.turns.next(member)) {
            w.kernels.linear().matmul(head, WorkQueue.from(t), WorkQueue.to(t), batch.headInput(), 0,
                    batch.logitsBuffer(), 0, 0,
                    batch.logitRows(), w.scratch(member));
        }
    }
}
