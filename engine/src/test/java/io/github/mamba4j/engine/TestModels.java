package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Models with random weights, of any dimensions, for tests that need no meaning. */
final class TestModels {
    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
        return config(random.nextInt(20, 90), random.nextInt(5, 40), random.nextInt(1, 4), random.nextInt(6, 70),
                random.nextInt(1, 20), random.nextInt(1, 6), random.nextInt(1, 6), random.nextBoolean(),
                random.nextBoolean(), random.nextBoolean());
    }

    static MambaWeights weights(MambaConfig c, DType dtype, long seed) {
        var random = new SplittableRandom(seed);
        Matrix embedding = matrix(random, dtype, c.vocabSize(), c.dModel());
        List<MambaWeights.Layer> layers = new ArrayList<>();
        for (int i = 0; i < c.nLayer(); i++) {
            layers.add(layer(random, c, dtype));
        }
        float[] normF = vector(random, c.dModel(), 0.5f, 1.5f);
        Matrix head = c.tieEmbeddings() ? embedding : matrix(random, dtype, c.vocabSize(), c.dModel());
        return new MambaWeights(c, embedding, layers, normF, head);
    }

    private static MambaWeights.Layer layer(SplittableRandom random, MambaConfig c, DType dtype) {
        return new MambaWeights.Layer(vector(random, c.dModel(), 0.5f, 1.5f),
                matrix(random, dtype, 2 * c.dInner(), c.dModel()),
                vector(random, c.useBias() ? 2 * c.dInner() : 0, -0.3f, 0.3f),
                vector(random, c.dInner() * c.dConv(), -0.6f, 0.6f),
                vector(random, c.useConvBias() ? c.dInner() : 0, -0.3f, 0.3f),
                matrix(random, dtype, c.dtRank() + 2 * c.dState(), c.dInner()),
                matrix(random, dtype, c.dInner(), c.dtRank()), vector(random, c.dInner(), -3f, 1f),
                vector(random, c.dInner() * c.dState(), -1f, 2f), vector(random, c.dInner(), -1f, 1f),
                matrix(random, dtype, c.dModel(), c.dInner()),
                vector(random, c.useBias() ? c.dModel() : 0, -0.3f, 0.3f));
    }

    private static float[] vector(SplittableRandom random, int length, float from, float to) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextDouble(from, to);
        }
        return values;
    }

    /** Scaled so that activations keep a size of about 1 through all layers. */
    private static Matrix matrix(SplittableRandom random, DType dtype, int rows, int cols) {
        float[] values = vector(random, rows * cols, -1f, 1f);
        var data = MemorySegment.ofArray(new byte[rows * cols * dtype.bytes()]);
        float scale = (float) Math.sqrt(3.0 / cols);
        for (int i = 0; i < values.length; i++) {
            float value = values[i] * scale;
            switch (dtype) {
                case F32 -> data.set(F32, 4L * i, value);
                case F16 -> data.set(I16, 2L * i, Float.floatToFloat16(value));
                case BF16 -> data.set(I16, 2L * i, (short) (Float.floatToRawIntBits(value) >> 16));
                default -> throw new AssertionError(dtype);
            }
        }
        return new Matrix(data, dtype, rows, cols);
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
            ids[t] = model.kernels().argmax(logits, 0, logits.length);
            model.step(state, ids[t], logits);
        }
        return ids;
    }
}
