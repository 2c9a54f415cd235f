package io.github.mamba4j.engine;

import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;

/**
 * The way of a batch through the model:
 *
 * <pre>
 * residual = embedding[token]
 * residual = residual + mixer(norm(residual))      for each layer
 * logits   = lm_head(norm(residual))               for the rows that want logits
 * </pre>
 *
 * A batch with more rows than the workspace may hold goes through in several passes; the states carry over from one to
 * the next, as they do between calls.
 */
final class ForwardPass {
    private final MambaConfig config;
    private final Workspace w;
    private final int maxRows;

    private final Embedding embedding;
    private final MambaBlock[] blocks;
    private final RmsNorm finalNorm;
    private final LmHead head;

    ForwardPass(MambaWeights weights, Workspace w, int maxRows) {
        config = weights.config();
        this.w = w;
        this.maxRows = Workspace.rowsThatFit(config, maxRows);
        embedding = new Embedding(weights.embedding(), w);
        blocks = new MambaBlock[config.nLayer()];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = new MambaBlock(config, weights.layers().get(i), i, w);
        }
        finalNorm = new RmsNorm(weights.normF(), config.normEps(), w);
        head = new LmHead(weights.lmHead(), w);
    }

    /** Runs a batch whose tokens and states were checked. What can still be refused is refused before a state changes. */
    void run(Batch batch, ForwardObserver observer) {
        int rows = batch.rows();
        batch.prepare(config.dModel(), config.vocabSize());
        w.ensureRows(Math.min(rows, maxRows), maxRows);
        for (int s = 0; s < batch.segments(); s++) {
            batch.state(s).beginChange();
        }
        // Of about equal size: a last pass of a few rows would read all weights for little.
        int passes = Math.ceilDiv(rows, maxRows);
        for (int p = 0; p < passes; p++) {
            pass(batch, (int) ((long) rows * p / passes), (int) ((long) rows * (p + 1) / passes), observer);
        }
        head.forward(batch);
        for (int s = 0; s < batch.segments(); s++) {
            batch.state(s).endChange(batch.rows(s));
        }
        batch.finish();
    }

    /** Takes some rows of a batch through all layers. */
    private void pass(Batch batch, int from, int to, ForwardObserver observer) {
        batch.cut(from, to, w.pass);
        try {
            throughLayers(batch, from, to - from, observer);
        } finally {
            w.pass.end();
        }
    }

    private void throughLayers(Batch batch, int from, int rows, ForwardObserver observer) {
        observer.beginPass(from, rows);
        embedding.forward();
        observer.hidden(0, w.residual, rows);
        for (int i = 0; i < blocks.length; i++) {
            blocks[i].forward();
            observer.dt(i, w.dt, rows);
            observer.hidden(i + 1, w.residual, rows);
        }
        finalNorm.forward();
        observer.finalHidden(w.normed, rows);
        batch.gather(w.normed, from, from + rows);
    }
}
