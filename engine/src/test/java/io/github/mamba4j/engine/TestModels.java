package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;
import java.util.List;
import java.util.SplittableRandom;

/** Models with random weights, of any dimensions, for tests that need no meaning. */
final class TestModels {
    private TestModels() {}

    /** A model of odd sizes, all biases, an untied head; run with the defaults. */
    static MambaModel small() {
        return MambaModel.of(smallWeights(), ModelOptions.defaults());
    }

    static MambaWeights smallWeights() {
        return weights(config(61, 24, 2, 50, 5, 4, 3, true, true, false), DType.F32, 1);
    }

    static MambaConfig config(int vocabSize, int dModel, int nLayer, int dInner, int dState, int dConv, int dtRank,
            boolean useBias, boolean useConvBias, boolean tied) {
        return new MambaConfig(vocabSize, dModel, nLayer, dInner, dState, dConv, dtRank, useBias, useConvBias, tied,
                1e-5f, true, 0, List.of(0));
    }

    /** Dimensions that fit no vector and no grain, and every option, by chance. */
    static MambaConfig randomConfig(SplittableRandom random) {
        return randomConfig(random, random.nextInt(1, 6));
    }

    static MambaConfig randomConfig(SplittableRandom random, int dtRank) {
        return config(random.nextInt(20, 90), random.nextInt(5, 40), random.nextInt(1, 4), random.nextInt(6, 70),
                random.nextInt(1, 20), random.nextInt(1, 6), dtRank, random.nextBoolean(), random.nextBoolean(),
                random.nextBoolean());
    }

    /** Vectors off the symmetric values that training starts from, so that none can be left out unnoticed. */
    static MambaWeights weights(MambaConfig config, DType dtype, long seed) {
        var random = new SplittableRandom(seed);
        MambaWeights weights = MambaWeights.random(config, dtype, seed);
        scatter(random, weights.normF(), 0.5);
        for (MambaWeights.Layer layer : weights.layers()) {
            scatter(random, layer.norm(), 0.5);
            scatter(random, layer.inProjBias(), 0.3);
            scatter(random, layer.convBias(), 0.3);
            scatter(random, layer.dtBias(), 2);
            scatter(random, layer.aLog(), 0.5);
            scatter(random, layer.d(), 0.8);
            scatter(random, layer.outProjBias(), 0.3);
        }
        return weights;
    }

    private static void scatter(SplittableRandom random, float[] values, double limit) {
        for (int i = 0; i < values.length; i++) {
            values[i] += (float) random.nextDouble(-limit, limit);
        }
    }

    /** Random tokens of a model's vocabulary. */
    static int[] tokens(SplittableRandom random, MambaConfig config, int count) {
        return random.ints(count, 0, config.vocabSize()).toArray();
    }

    /** The most probable continuation, token by token. */
    static int[] greedy(MambaModel model, int[] prompt, int count) {
        MambaState state = model.newState();
        float[] logits = model.prefill(state, prompt);
        int[] ids = new int[count];
        for (int t = 0; t < count; t++) {
            ids[t] = model.kernels().math().argmax(logits, 0, logits.length);
            model.step(state, ids[t], logits);
        }
        return ids;
    }
}
