package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Matrix;

/** The first step: each token's row of the embedding begins its residual stream. */
final class Embedding {
    private final Matrix table;
    private final Workspace w;

    /** {@code table} is {@code [vocabSize, dModel]}. */
    Embedding(Matrix table, Workspace w) {
        this.table = table;
        this.w = w;
    }

    /** Writes {@code residual}. */
    void forward() {
        for (int r = 0; r < w.pass.rows(); r++) {
            w.kernels.rows().widenRow(table, w.pass.token(r), 1f, w.residual, r);
        }
    }
}
