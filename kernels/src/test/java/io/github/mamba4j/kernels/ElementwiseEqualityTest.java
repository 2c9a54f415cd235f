package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions, norm, sums and argmax: the fast ones give the bits of the scalar ones. */
class ElementwiseEqualityTest {
    private static final List<Elementwise> FUNCTIONS = List.of(Kernels::exp, Kernels::silu, Kernels::softplus);
    private static final int[] LENGTHS = {127, 128, 129, 255, 256, 257, 1000, 1023, 1024, 1025, 5120};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();

    private interface Elementwise {
        void apply(Kernels kernels, float[] x, int from, int to);
    }

    private void check(Elementwise f, float[] x, int from, int to) {
        float[] expected = x.clone();
        float[] actual = x.clone();
        f.apply(scalar, expected, from, to);
        f.apply(panama, actual, from, to);
        String what = "function " + FUNCTIONS.indexOf(f) + ", " + from + " to " + to;
        Bits.assertSame(expected, actual, what);
        Bits.assertUntouched(x, actual, Math.max(1, x.length), 0, 1, from, to, what);
    }

    @Test
    void functionsOfFloatsOfEveryExponentAndSign() {
        float[] x = new float[1 << 14];
        // An odd stride: low bits of all kinds, and NaNs and infinities among them.
        for (long bits = 0; bits < 1L << 32; bits += 401L * x.length) {
            for (int i = 0; i < x.length; i++) {
                x[i] = Float.intBitsToFloat((int) (bits + 401L * i));
            }
            for (Elementwise f : FUNCTIONS) {
                check(f, x, 0, x.length);
            }
        }
    }

    @Test
    void functionsWhereTheyChangeTheirCourse() {
        float[] borders = {0f, -0f, 87f, 88f, 88.72f, 89f, 103f, 104f, 105f, 0.34657f, 1f, 16.6f, 1e30f,
                Float.MAX_VALUE,
                Float.MIN_VALUE, Float.MIN_NORMAL, Float.POSITIVE_INFINITY, Float.NaN};
        float[] x = new float[borders.length * 2 * 200];
        int i = 0;
        for (float border : borders) {
            float below = border;
            for (int step = 0; step < 100; step++) {
                below = Math.nextDown(below);
            }
            for (int step = 0; step < 200; step++, below = Math.nextUp(below)) {
                x[i++] = below;
                x[i++] = -below;
            }
        }
        for (Elementwise f : FUNCTIONS) {
            check(f, x, 0, x.length);
        }
    }

    @Test
    void functionsOfRangesOfEveryLength() {
        Values v = new Values(1);
        for (int length = 0; length <= 140; length++) {
            for (Elementwise f : FUNCTIONS) {
                int from = v.between(0, 33);
                check(f, v.broken(from + length + v.between(0, 33)), from, from + length);
            }
        }
    }

    private void checkNorm(Activations x, float[] weight, int firstRow, int rowCount, Values v) {
        Activations y = v.activations(x.rows(), x.cols());
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        scalar.rmsNorm(x, weight, 1e-5f, expected, firstRow, rowCount);
        panama.rmsNorm(x, weight, 1e-5f, actual, firstRow, rowCount);
        String what = "norm of " + x.cols() + " columns";
        Bits.assertSame(expected.data(), actual.data(), what);
        Bits.assertUntouched(y.data(), actual.data(), x.cols(), firstRow, firstRow + rowCount, 0, x.cols(), what);
        Activations inPlace = Values.copy(x);
        panama.rmsNorm(inPlace, weight, 1e-5f, inPlace, firstRow, rowCount);
        for (int i = x.index(firstRow, 0); i < x.index(firstRow + rowCount, 0); i++) {
            Bits.assertSame(expected.data()[i], inPlace.data()[i], what + " in place");
        }
    }

    @Test
    void normsOfEveryWidth() {
        Values v = new Values(2);
        for (int cols = 1; cols <= 100; cols++) {
            checkNorm(v.activations(5, cols), v.normal(cols), v.between(0, 2), v.between(0, 3), v);
            checkNorm(new Activations(v.wild(2 * cols), 2, cols), v.wild(cols), 0, 2, v);
            checkNorm(new Activations(v.broken(2 * cols), 2, cols), v.normal(cols), 0, 2, v);
        }
        for (int cols : LENGTHS) {
            checkNorm(v.activations(3, cols), v.normal(cols), 0, 3, v);
        }
    }

    @Test
    void sumsOfMatricesAndBiases() {
        Values v = new Values(3);
        for (int i = 0; i < 1000; i++) {
            int rows = v.between(1, 5);
            int cols = v.between(1, 150);
            int firstRow = v.between(0, rows);
            int rowCount = v.between(0, rows - firstRow);
            int from = v.between(0, cols);
            int to = v.between(from, cols);
            Activations x = new Activations(v.broken(rows * cols), rows, cols);
            checkAdd(x, v.activations(rows, cols), firstRow, rowCount, from, to);
            checkAddBias(v.wild(cols), v.activations(rows, cols + 30), v.between(-from, 30), firstRow, rowCount, from,
                    to);
        }
    }

    private void checkAdd(Activations x, Activations y, int firstRow, int rowCount, int from, int to) {
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        scalar.add(x, expected, firstRow, rowCount, from, to);
        panama.add(x, actual, firstRow, rowCount, from, to);
        Bits.assertSame(expected.data(), actual.data(), "add");
        Bits.assertUntouched(y.data(), actual.data(), y.cols(), firstRow, firstRow + rowCount, from, to, "add");
    }

    private void checkAddBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int from, int to) {
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        scalar.addBias(bias, expected, yCol, firstRow, rowCount, from, to);
        panama.addBias(bias, actual, yCol, firstRow, rowCount, from, to);
        Bits.assertSame(expected.data(), actual.data(), "addBias");
        Bits.assertUntouched(y.data(), actual.data(), y.cols(), firstRow, firstRow + rowCount, yCol + from, yCol + to,
                "addBias");
    }

    @Test
    void expSumsAndMaximaOfEveryLength() {
        Values v = new Values(4);
        for (int length = 1; length <= 200; length++) {
            int from = v.between(0, 33);
            int size = from + length + v.between(0, 20);
            checkReductions(v.normal(size), from, from + length);
            checkReductions(v.wild(size), from, from + length);
            checkReductions(v.broken(size), from, from + length);
            checkReductions(ties(v, size), from, from + length);
        }
        checkReductions(v.normal(50280), 0, 50280);
        checkReductions(ties(v, 50280), 1, 50280);
    }

    private static float[] ties(Values v, int size) {
        float[] x = new float[size];
        for (int i = 0; i < size; i++) {
            x[i] = new float[]{-1f, -0f, 0f, Float.NEGATIVE_INFINITY}[v.between(0, 3)];
        }
        return x;
    }

    private void checkReductions(float[] x, int from, int to) {
        String what = from + " to " + to + " of " + Arrays.toString(Arrays.copyOf(x, Math.min(x.length, 250)));
        assertEquals(scalar.argmax(x, from, to), panama.argmax(x, from, to), what);
        float[] expected = x.clone();
        float[] actual = x.clone();
        float expectedSum = scalar.expSum(expected, from, to);
        float actualSum = panama.expSum(actual, from, to);
        Bits.assertSame(expected, actual, what);
        Bits.assertSame(expectedSum, actualSum, what);
        Bits.assertUntouched(x, actual, x.length, 0, 1, from, to, what);
    }
}
