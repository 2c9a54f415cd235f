package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes a model that has not learnt anything but computes like one that has: activations of about 1, decays and time
 * steps in the range that training starts from (Gu and Dao 2023, section 3.6: A = -(1..N), dt from 0.001 to 0.1). Each
 * row has its own generator, so the values do not depend on the number of threads that fill them.
 */
final class RandomWeights {
    private static final double DT_MIN = 1e-3;
    private static final double DT_MAX = 1e-1;
    private static final float[] NONE = {};

    private final MambaConfig config;
    private final DType dtype;
    private final Arena arena;
    /** Gives each tensor its own seed, in the order in which they are made. */
    private final SplittableRandom seeds;

    RandomWeights(MambaConfig config, DType dtype, long seed, Arena arena) {
        this.config = config;
        this.dtype = dtype;
        this.arena = arena;
        this.seeds = new SplittableRandom(seed);
    }

    MambaWeights create() {
        Matrix embedding = matrix(config.vocabSize(), config.dModel());
        List<MambaWeights.Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.nLayer(); i++) {
            layers.add(layer());
        }
        Matrix head = config.tieEmbeddings() ? embedding : matrix(config.vocabSize(), config.dModel());
        return new MambaWeights(config, embedding, layers, ones(config.dModel()), head);
    }

    private MambaWeights.Layer layer() {
        int dModel = config.dModel();
        int dInner = config.dInner();
        return new MambaWeights.Layer(ones(dModel), matrix(2 * dInner, dModel),
                config.useBias() ? uniform(2 * dInner, 0.1f) : NONE,
                uniform(dInner * config.dConv(), (float) Math.sqrt(3.0 / config.dConv())),
                config.useConvBias() ? uniform(dInner, 0.1f) : NONE,
                matrix(config.dtRank() + 2 * config.dState(), dInner), matrix(dInner, config.dtRank()), dtBias(),
                aLog(), ones(dInner), matrix(dModel, dInner), config.useBias() ? uniform(dModel, 0.1f) : NONE);
    }

    /** Uniform values with a variance of 1 / cols, so that a product keeps the variance of its input. */
    private Matrix matrix(int rows, int cols) {
        long rowBytes = (long) cols * dtype.bytes();
        MemorySegment data = MatrixConversion.allocate(arena, rows * rowBytes);
        long seed = seeds.nextLong();
        float limit = (float) Math.sqrt(3.0 / cols);
        IntStream.range(0, rows).parallel().forEach(r -> {
            float[] row = new float[cols];
            fill(row, new SplittableRandom(seed + r), limit);
            MatrixConversion.store(row, data, dtype, r * rowBytes);
        });
        return new Matrix(data, dtype, rows, cols);
    }

    private float[] uniform(int size, float limit) {
        float[] values = new float[size];
        fill(values, seeds.split(), limit);
        return values;
    }

    /** Uniform in -limit to limit; two values of each draw, since this is most of the time that a large model takes. */
    private static void fill(float[] values, SplittableRandom random, float limit) {
        float scale = limit * 0x1p-31f;
        for (int k = 0; k + 1 < values.length; k += 2) {
            long draw = random.nextLong();
            values[k] = (int) draw * scale;
            values[k + 1] = (int) (draw >>> 32) * scale;
        }
        if (values.length % 2 != 0) {
            values[values.length - 1] = random.nextInt() * scale;
        }
    }

    /** The inverse of softplus at time steps that are log-uniform in their range. */
    private float[] dtBias() {
        SplittableRandom random = seeds.split();
        float[] bias = new float[config.dInner()];
        for (int c = 0; c < bias.length; c++) {
            double dt = DT_MIN * StrictMath.pow(DT_MAX / DT_MIN, random.nextDouble());
            bias[c] = (float) StrictMath.log(StrictMath.expm1(dt));
        }
        return bias;
    }

    private float[] aLog() {
        float[] aLog = new float[config.dInner() * config.dState()];
        for (int i = 0; i < aLog.length; i++) {
            aLog[i] = (float) StrictMath.log(1 + i % config.dState());
        }
        return aLog;
    }

    private static float[] ones(int size) {
        float[] values = new float[size];
        Arrays.fill(values, 1);
        return values;
    }
}
