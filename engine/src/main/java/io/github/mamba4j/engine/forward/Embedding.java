package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;

/** The first step: each token's row of the table, times a factor, begins its residual stream. */
final class Embedding {
    private final Matrix table;
    private final float scale;
    private final Kernels kernels;

    /** {@code table} is {@code [vocabSize, dModel]}. */
    Embedding(Matrix table, float scale, Resources with) {
        this.table = table;
        this.scale = scale;
        kernels = with.kernels();
    }

    /** Writes the residual stream of the rows' tokens. */
    void forward(Rows rows, Activations residual) {
        for (int r = 0; r < rows.count(); r++) {
            kernels.rows().widenRow(table, rows.token(r), scale, residual, r);
        }
    }
}
