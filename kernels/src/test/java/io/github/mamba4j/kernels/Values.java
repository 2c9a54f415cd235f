package io.github.mamba4j.kernels;

import java.util.SplittableRandom;

/** Generated test data: the same for the same seed. */
public final class Values {
    private static final float[] SPECIAL = {0f, -0f, Float.MIN_VALUE, -Float.MIN_VALUE, 0x1.0p-140f, -0x1.8p-130f,
            Float.MIN_NORMAL, 1f, -1f, 1e30f, -1e30f, 0x1.0p-75f, -0x1.0p-75f};
    private static final float[] NON_FINITE = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};

    private final SplittableRandom random;

    public Values(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A number between two bounds, both included. */
    public int between(int low, int high) {
        return random.nextInt(low, high + 1);
    }

    public <T> T oneOf(T[] values) {
        return values[random.nextInt(values.length)];
    }

    public int oneOf(int[] values) {
        return values[random.nextInt(values.length)];
    }

    public float oneOf(float[] values) {
        return values[random.nextInt(values.length)];
    }

    public float gauss(double mean, double deviation) {
        return (float) random.nextGaussian(mean, deviation);
    }

    /** Normally distributed values. */
    public float[] normal(int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = gauss(0, 1);
        }
        return x;
    }

    /** Finite values of very different magnitudes: among them zeros of both signs, subnormal and large ones. */
    public float[] wild(int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = random.nextInt(4) == 0
                    ? SPECIAL[random.nextInt(SPECIAL.length)]
                    : Math.scalb(gauss(0, 1), between(-20, 20));
        }
        return x;
    }

    /** Wild values and, here and there, an infinity or a NaN. */
    public float[] broken(int count) {
        float[] x = wild(count);
        for (int i = random.nextInt(40); i < count; i += 1 + random.nextInt(200)) {
            x[i] = NON_FINITE[random.nextInt(NON_FINITE.length)];
        }
        return x;
    }

    public byte[] bytes(int count) {
        byte[] x = new byte[count];
        random.nextBytes(x);
        return x;
    }

    public Activations activations(int rows, int cols) {
        return new Activations(normal(rows * cols), rows, cols);
    }

    public static Activations copy(Activations x) {
        return new Activations(x.data().clone(), x.rows(), x.cols());
    }
}
