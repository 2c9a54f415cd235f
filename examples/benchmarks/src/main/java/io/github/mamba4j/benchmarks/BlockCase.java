package io.github.mamba4j.benchmarks;

import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.util.Arrays;
import java.util.Random;

/**
 * One block in the engine: what goes into it and what comes out, for others to be compared with. It is the only block of
 * a model with a small vocabulary. Not thread-safe.
 */
final class BlockCase implements AutoCloseable {
    /** What float32 in another order may differ by, for outputs of about 1. */
    static final float TOLERANCE = 2e-3f;

    final Dimensions config;
    /** {@code [dModel]}: the weight of the norm before the block. */
    final float[] norm;
    final Mamba1Weights weights;
    /** {@code [rows, dModel]}: the block's input, normed. */
    final float[] x;
    /** {@code [rows, dModel]}: its output, which is added to the residual stream. */
    private final float[] expected;
    private final MambaModel model;
    private final MambaState state;
    private final int[] tokens;
    private final Batch batch = new Batch();

    BlockCase(String preset, int rows) {
        config = Dimensions.oneBlock(preset);
        ModelWeights all = ModelWeights.random(config.model(), DType.F32, 1);
        norm = all.blocks().getFirst().norm();
        weights = (Mamba1Weights) all.blocks().getFirst().mixer();
        model = MambaModel.of(all, ModelOptions.defaults());
        state = model.newState();
        tokens = new Random(1).ints(rows, 0, config.vocabSize()).toArray();
        float[][] hidden = new float[2][];
        run(new ForwardObserver() {
            @Override
            public void hidden(int k, Activations residual, int rowCount) {
                hidden[k] = Arrays.copyOf(residual.data(), rowCount * config.dModel());
            }
        });
        x = new float[hidden[0].length];
        model.kernels().norm().rmsNorm(NormParameters.of(norm, config.normEps()),
                new Activations(hidden[0], rows, config.dModel()), 0, new Activations(x, rows, config.dModel()), 0, 0,
                rows);
        expected = new float[x.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = hidden[1][i] - hidden[0][i];
        }
    }

    /** Runs the block, with embedding and norms around it. */
    void run(ForwardObserver observer) {
        state.reset();
        batch.clear();
        batch.add(state, tokens, 0, tokens.length, LogitsFor.NONE);
        model.forward(batch, observer);
    }

    /**
     * Compares another implementation's output.
     *
     * @param output {@code [rows, dModel]}
     * @throws IllegalStateException if it differs
     */
    void check(float[] output) {
        Checks.requireEqual("output", expected, output, TOLERANCE);
    }

    @Override
    public void close() {
        model.close();
    }
}
