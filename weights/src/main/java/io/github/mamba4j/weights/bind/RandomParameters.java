package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Parameters of a model that has not learnt anything but computes like one that has: activations of about 1, decays and
 * time steps in the range that training starts from (Gu and Dao 2023, section 3.6: A = -(1..N), dt from 0.001 to 0.1). The
 * same seed gives the same values on every machine; each row has its own generator, so that they do not depend on the
 * number of threads that fill them.
 */
public final class RandomParameters implements Parameters {
    private static final double DT_MIN = 1e-3;
    private static final double DT_MAX = 1e-1;
    private static final float BIAS = 0.1f;

    private final DType dtype;
    private final Arena arena;
    /** Gives each parameter its own seed, in the order in which they are asked for. */
    private final SplittableRandom seeds;

    /**
     * A source.
     *
     * @param dtype the format of the matrices: F32, F16 or BF16
     * @param seed any number
     * @param arena where the matrices live; for a model that is used by several threads it has to be a shared one
     * @throws IllegalArgumentException if no kernel multiplies by the format
     */
    public RandomParameters(DType dtype, long seed, Arena arena) {
        if (!dtype.isMatrixFormat()) {
            throw new IllegalArgumentException("expected F32, F16 or BF16, found " + dtype);
        }
        this.dtype = dtype;
        this.arena = arena;
        this.seeds = new SplittableRandom(seed);
    }

    /** Uniform values with a variance of 1 / cols, so that a product keeps the variance of its input. */
    @Override
    public Matrix matrix(String name, int rows, int cols, Role role) {
        long rowBytes = (long) cols * dtype.bytes();
        MemorySegment data = Conversion.allocate(arena, rows * rowBytes);
        long seed = seeds.nextLong();
        float limit = (float) Math.sqrt(3.0 / cols);
        IntStream.range(0, rows).parallel().forEach(r -> {
            float[] row = new float[cols];
            fill(row, new SplittableRandom(seed + r), limit);
            Conversion.store(row, data, dtype, r * rowBytes);
        });
        return new Matrix(data, dtype, rows, cols);
    }

    @Override
    public float[] vector(String name, Fill fill, int... shape) {
        float[] values = new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        int last = shape[shape.length - 1];
        switch (fill) {
            case ONES -> Arrays.fill(values, 1);
            case BIAS -> fill(values, seeds.split(), BIAS);
            case FILTER -> fill(values, seeds.split(), (float) Math.sqrt(3.0 / last));
            case DECAY -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = -1 - i % last;
                }
            }
            case TIME_STEP -> timeSteps(values, seeds.split());
        }
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
    private static void timeSteps(float[] values, SplittableRandom random) {
        for (int c = 0; c < values.length; c++) {
            double dt = DT_MIN * StrictMath.pow(DT_MAX / DT_MIN, random.nextDouble());
            values[c] = (float) StrictMath.log(StrictMath.expm1(dt));
        }
    }
}
