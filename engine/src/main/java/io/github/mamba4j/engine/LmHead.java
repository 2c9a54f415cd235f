package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.ThreadTeam;

/**
 * The last step: a row's product with every token's row of the head (often the embedding itself) gives the logits. Works
 * on the rows that a batch has gathered, all at once, so that the largest matrix of the model is read once.
 */
final class LmHead {
    /** Outputs that stay in one thread: a cache line of floats. */
    private static final int GRAIN = 16;

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
                w.team.run(project);
            } finally {
                batch = null;
            }
        }
    }

    private void project(int member, int members) {
        int from = ThreadTeam.split(member, members, head.rows(), GRAIN);
        int to = ThreadTeam.split(member + 1, members, head.rows(), GRAIN);
        w.kernels.matmul(head, from, to, batch.headInput(), 0, batch.logitsBuffer(), 0, 0, batch.logitRows(),
                w.scratch(member));
    }
}
