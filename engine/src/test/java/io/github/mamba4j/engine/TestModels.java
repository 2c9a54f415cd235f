package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.RandomParameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Models with random weights, of any dimensions, for tests that need no meaning. */
final class TestModels {
    private TestModels() {}

    /** A model of odd sizes, all biases, an untied head; run with the defaults. */
    static MambaModel small() {
        return MambaModel.of(smallWeights(), ModelOptions.defaults());
    }

    static ModelWeights smallWeights() {
        return weights(config(61, 24, 2, 50, 5, 4, 3, true, true, false), DType.F32, 1);
    }

    /** A model of Mamba-1. */
    static ModelConfig config(int vocabSize, int dModel, int nLayer, int dInner, int dState, int dConv, int dtRank,
            boolean bias, boolean convBias, boolean tied) {
        return config(vocabSize, dModel, nLayer, tied,
                new Mamba1Config(dInner, dState, dConv, dtRank, bias, convBias));
    }

    /** A model of blocks that are all alike. */
    static ModelConfig config(int vocabSize, int dModel, int nLayer, boolean tied, MixerConfig mixer) {
        return new ModelConfig("test", vocabSize, dModel, 1e-5f, tied, Multipliers.NONE,
                IntStream.range(0, nLayer).mapToObj(i -> BlockConfig.mixer(i, mixer)).toList());
    }

    /** Dimensions that fit no vector and no grain, and every option, by chance. */
    static ModelConfig randomConfig(SplittableRandom random) {
        return randomConfig(random, random.nextInt(1, 6));
    }

    static ModelConfig randomConfig(SplittableRandom random, int dtRank) {
        if (random.nextInt(3) == 0) {
            return config(random.nextInt(20, 90), random.nextInt(5, 40), random.nextInt(1, 4), random.nextBoolean(),
                    randomMamba2(random));
        }
        Optional<InnerNorm> norm = random.nextBoolean()
                ? Optional.empty()
                : Optional.of(new InnerNorm(1e-6f, random.nextBoolean()));
        var mixer = new Mamba1Config(random.nextInt(6, 70), random.nextInt(1, 20), random.nextInt(1, 6), dtRank,
                random.nextBoolean(), random.nextBoolean(), norm);
        return config(random.nextInt(20, 90), random.nextInt(5, 40), random.nextInt(1, 4), random.nextBoolean(), mixer);
    }

    private static Mamba2Config randomMamba2(SplittableRandom random) {
        int groups = random.nextInt(1, 4);
        int heads = groups * random.nextInt(1, 4);
        int normGroups = random.nextBoolean() ? groups : 1;
        Order order = Order.values()[random.nextInt(Order.values().length)];
        return new Mamba2Config(heads, random.nextInt(1, 20), groups, random.nextInt(1, 40), random.nextInt(1, 6),
                random.nextBoolean(), random.nextBoolean(), random.nextBoolean() ? 0 : 0.01f,
                random.nextBoolean() ? Float.POSITIVE_INFINITY : 0.5f, new GatedNorm(order, normGroups, 1e-5f));
    }

    /** Vectors off the symmetric values that training starts from, so that none can be left out unnoticed. */
    static ModelWeights weights(ModelConfig config, DType dtype, long seed) {
        try {
            return ModelWeights.bind(config, new Scattered(new RandomParameters(dtype, seed, Arena.ofAuto()), seed));
        } catch (CheckpointException e) {
            throw new AssertionError(e);
        }
    }

    /** Random tokens of a model's vocabulary. */
    static int[] tokens(SplittableRandom random, ModelConfig config, int count) {
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

    /** Random parameters whose vectors are moved by chance. */
    private record Scattered(Parameters source, SplittableRandom random) implements Parameters {
        Scattered(Parameters source, long seed) {
            this(source, new SplittableRandom(seed));
        }

        @Override
        public Matrix matrix(String name, int rows, int cols, Role role) throws CheckpointException {
            return source.matrix(name, rows, cols, role);
        }

        @Override
        public float[] vector(String name, Fill fill, int... shape) throws CheckpointException {
            float[] values = source.vector(name, fill, shape);
            for (int i = 0; i < values.length; i++) {
                values[i] = switch (fill) {
                    // A decay stays one.
                    case DECAY -> values[i] * (float) random.nextDouble(0.6, 1.6);
                    case TIME_STEP -> values[i] + (float) random.nextDouble(-2, 2);
                    case ONES -> values[i] + (float) random.nextDouble(-0.6, 0.6);
                    case BIAS -> values[i] + (float) random.nextDouble(-0.3, 0.3);
                    case FILTER -> values[i];
                };
            }
            return values;
        }
    }
}
