package io.github.mamba4j.engine.forward;

import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.mixer.Mixers;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.weights.BlockWeights;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.ModelConfig;

/**
 * The way of tokens through a model:
 *
 * <pre>
 * x      = embedding[token] * embeddingScale
 * x      = x + scale * mixer(norm(x))            for each block
 * logits = head(norm(x)) * logitsScale           for the rows that want logits
 * </pre>
 *
 * A call with more rows than the buffers may hold goes through in several passes; the states carry over from one to the
 * next, as they do between calls.
 */
public final class ForwardPass {
    private final ModelConfig config;
    private final Buffers buffers;
    private final int maxRows;
    private final Rows rows = new Rows();

    private final Embedding embedding;
    private final Buffer residual;
    private final Block[] blocks;
    private final RmsNorm finalNorm;
    private final Buffer normed;
    private final Head head;

    /**
     * Makes the blocks of a model.
     *
     * @param weights the parameters
     * @param with kernels, threads and memory; the mixers claim their states there
     * @param maxRows the most rows of a pass
     */
    public ForwardPass(ModelWeights weights, Resources with, int maxRows) {
        config = weights.config();
        buffers = with.buffers();
        int dModel = config.dModel();
        embedding = new Embedding(weights.embedding(), config.multipliers().embedding(), with);
        residual = buffers.claim(Resources.RESIDUAL_SLOT, dModel);
        normed = buffers.claim(Resources.NORMED_SLOT, dModel);
        Input input = Input.of(normed, with);
        blocks = weights.blocks().stream().map(block -> block(block, input, with)).toArray(Block[]::new);
        finalNorm = new RmsNorm(weights.normF(), config.normEps(), with);
        head = new Head(finalNorm, weights.head(), config.multipliers().logits(), with);
        this.maxRows = buffers.rowsThatFit(maxRows);
    }

    private Block block(BlockWeights weights, Input input, Resources with) {
        return new Block(new RmsNorm(weights.norm(), config.normEps(), with), input,
                Mixers.of(weights.config().name(), weights.mixer(), with), weights.config().residualScale());
    }

    /**
     * Runs segments whose tokens and states were checked. What can still be refused is refused before a state changes.
     *
     * @param segments the tokens, and the states that they move on
     * @param logits where the logits go that are wanted
     * @param observer is shown what happens inside
     * @throws IllegalArgumentException if the logits are too many for an array
     */
    public void run(Segments segments, Logits logits, ForwardObserver observer) {
        int all = segments.rows();
        int wanted = segments.firstLogits(segments.count());
        logits.prepare(wanted, config.dModel(), config.vocabSize());
        buffers.ensureRows(Math.min(all, maxRows), maxRows);
        for (int s = 0; s < segments.count(); s++) {
            segments.state(s).reserve(segments.firstRow(s + 1) - segments.firstRow(s));
        }
        for (int s = 0; s < segments.count(); s++) {
            segments.state(s).beginChange();
        }
        // Of about equal size: a last pass of a few rows would read all weights for little.
        int passes = Math.ceilDiv(all, maxRows);
        for (int p = 0; p < passes; p++) {
            pass(segments, (int) ((long) all * p / passes), (int) ((long) all * (p + 1) / passes), logits, observer);
        }
        head.forward(logits, wanted);
        for (int s = 0; s < segments.count(); s++) {
            segments.state(s).endChange(segments.firstRow(s + 1) - segments.firstRow(s));
        }
    }

    /** Takes some rows of a call through all blocks, and keeps those that want logits. */
    private void pass(Segments segments, int from, int to, Logits logits, ForwardObserver observer) {
        rows.begin(segments, from, to, observer);
        try {
            observer.beginPass(from, to - from);
            throughBlocks(rows, residual.at());
            head.collect(residual.at(), rows, logits);
        } finally {
            rows.end();
        }
    }

    private void throughBlocks(Rows at, Activations x) {
        ForwardObserver observer = at.observer();
        embedding.forward(at, x);
        observer.hidden(0, x, at.count());
        for (int i = 0; i < blocks.length; i++) {
            at.enter(i);
            blocks[i].addTo(x, at);
            observer.hidden(i + 1, x, at.count());
        }
        if (observer != ForwardObserver.NONE) {
            finalNorm.forward(x, normed.at(), at.count());
            observer.finalHidden(normed.at(), at.count());
        }
    }
}
