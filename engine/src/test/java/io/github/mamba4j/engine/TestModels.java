package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.bind.Fill;
import io.github.mamba4j.weights.bind.Parameters;
import io.github.mamba4j.weights.bind.RandomParameters;
import io.github.mamba4j.weights.bind.Role;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.DeltaConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.ShortConvConfig;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
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

    /** Layers of all kinds of mixers with and without a second block, one of them attention. */
    static ModelConfig randomHybrid(SplittableRandom random) {
        int layers = random.nextInt(2, 4);
        int attention = random.nextInt(layers);
        List<BlockConfig> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            MixerConfig mixer = i == attention || random.nextInt(3) == 0
                    ? randomAttention(random)
                    : randomRecurrence(random);
            blocks.add(BlockConfig.mixer(i, mixer).withResidualScale(random.nextBoolean() ? 1 : 0.7f));
            if (random.nextInt(4) > 0) {
                MlpConfig.Kind[] kinds = MlpConfig.Kind.values();
                blocks.add(BlockConfig.ffn(i, new MlpConfig(random.nextInt(5, 90),
                        kinds[random.nextInt(kinds.length)], random.nextBoolean(), random.nextBoolean() ? 1 : 0.8f)));
            }
        }
        return new ModelConfig("test", random.nextInt(20, 90), random.nextInt(5, 40), 1e-5f, random.nextBoolean(),
                Multipliers.NONE, blocks);
    }

    private static MixerConfig randomRecurrence(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> randomMamba2(random);
            case 1 -> new Mamba1Config(random.nextInt(6, 70), random.nextInt(1, 20), random.nextInt(1, 6),
                    random.nextInt(1, 6), random.nextBoolean(), random.nextBoolean());
            case 2 -> new ShortConvConfig(random.nextInt(6, 70), random.nextInt(1, 6), random.nextBoolean());
            default -> {
                int keyHeads = random.nextInt(1, 4);
                yield new DeltaConfig(keyHeads, keyHeads * random.nextInt(1, 4), random.nextInt(1, 40),
                        random.nextInt(1, 40), random.nextInt(1, 6), 1e-6f);
            }
        };
    }

    private static AttentionConfig randomAttention(SplittableRandom random) {
        int kvHeads = random.nextInt(1, 4);
        int headDim = new int[]{6, 16, 32, 48}[random.nextInt(4)];
        var config = AttentionConfig.of(kvHeads * random.nextInt(1, 5), kvHeads, headDim)
                .withOutputGate(random.nextBoolean()).withBias(random.nextBoolean(), random.nextBoolean());
        if (random.nextInt(3) > 0) {
            var pairing = random.nextBoolean() ? AttentionConfig.Pairing.HALVES : AttentionConfig.Pairing.PAIRS;
            config = config.withRope(new AttentionConfig.Rope(2 * random.nextInt(1, headDim / 2 + 1),
                    random.nextBoolean() ? 1e4 : 1e11, pairing));
        }
        return random.nextBoolean() ? config.withQkNorm(new AttentionConfig.QkNorm(1e-6f)) : config;
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
