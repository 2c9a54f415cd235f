package io.github.mamba4j.benchmarks;

/** The matrices of a model, by the names of the official code. */
public enum Projection {
    /** {@code [2 * d_inner, d_model]}. */
    IN_PROJ,
    /** {@code [dt_rank + 2 * d_state, d_inner]}. */
    X_PROJ,
    /** {@code [d_inner, dt_rank]}. */
    DT_PROJ,
    /** {@code [d_model, d_inner]}. */
    OUT_PROJ,
    /** {@code [vocab_size, d_model]}. */
    LM_HEAD;

    int outputs(Dimensions c) {
        return switch (this) {
            case IN_PROJ -> 2 * c.dInner();
            case X_PROJ -> c.dtRank() + 2 * c.dState();
            case DT_PROJ -> c.dInner();
            case OUT_PROJ -> c.dModel();
            case LM_HEAD -> c.vocabSize();
        };
    }

    int inputs(Dimensions c) {
        return switch (this) {
            case IN_PROJ, LM_HEAD -> c.dModel();
            case X_PROJ, OUT_PROJ -> c.dInner();
            case DT_PROJ -> c.dtRank();
        };
    }
}
