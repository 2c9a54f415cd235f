package io.github.mamba4j.kernels.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Functions, work on rows, sums and argmax: the fast ones give the bits of the scalar ones. */
class ElementwiseEqualityTest {
    private static final List<Function> FUNCTIONS = List.of((k, x, from, to) -> k.math().exp(x, from, to),
            (k, x, from, to) -> k.math().silu(x, from, to), (k, x, from, to) -> k.math().softplus(x, from, to));
    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();

    private interface Function {
        void apply(Kernels kernels, float[] x, int from, int to);
    }

    private void check(Function f, float[] x, int from, int to) {
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
            for (Function f : FUNCTIONS) {
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
        for (Function f : FUNCTIONS) {
            check(f, x, 0, x.length);
        }
    }

    @Test
    void functionsOfRangesOfEveryLength() {
        Values v = new Values(1);
        for (int length = 0; length <= 140; length++) {
            for (Function f : FUNCTIONS) {
                int from = v.between(0, 33);
                check(f, v.broken(from + length + v.between(0, 33)), from, from + length);
            }
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
            checkAddScaled(v.gauss(0, 3), x, v.activations(rows, cols), firstRow, rowCount, from, to);
            checkAddBias(v.wild(cols), v.activations(rows, cols + 30), v.between(-from, 30), firstRow, rowCount, from,
                    to);
        }
    }

    private void checkAdd(Activations x, Activations y, int firstRow, int rowCount, int from, int to) {
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        scalar.rows().add(x, expected, firstRow, rowCount, from, to);
        panama.rows().add(x, actual, firstRow, rowCount, from, to);
        Bits.assertSame(expected.data(), actual.data(), "add");
        Bits.assertUntouched(y.data(), actual.data(), y.cols(), firstRow, firstRow + rowCount, from, to, "add");
    }

    private void checkAddScaled(float scale, Activations x, Activations y, int firstRow, int rowCount, int from,
            int to) {
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        scalar.rows().addScaled(scale, x, expected, firstRow, rowCount, from, to);
        panama.rows().addScaled(scale, x, actual, firstRow, rowCount, from, to);
        Bits.assertSame(expected.data(), actual.data(), "addScaled");
        Bits.assertUntouched(y.data(), actual.data(), y.cols(), firstRow, firstRow + rowCount, from, to, "addScaled");
    }

    @Test
    void productsAndGatesOfColumns() {
        Values v = new Values(5);
        Scratch scratch = new Scratch();
        for (int i = 0; i < 500; i++) {
            int rows = v.between(1, 4);
            int cols = v.between(0, i % 20 == 0 ? 600 : 90);
            int xCol = v.between(0, 20);
            int yCol = v.between(0, 20);
            Activations x = new Activations(v.broken(rows * (xCol + cols + 3)), rows, xCol + cols + 3);
            Activations y = v.activations(rows, yCol + cols + 2);
            int first = v.between(0, rows - 1);
            Activations expected = Values.copy(y);
            Activations actual = Values.copy(y);
            scalar.rows().multiply(x, xCol, expected, yCol, cols, first, rows - first);
            panama.rows().multiply(x, xCol, actual, yCol, cols, first, rows - first);
            scalar.rows().gate(x, xCol, expected, yCol, cols, first, rows - first, scratch);
            panama.rows().gate(x, xCol, actual, yCol, cols, first, rows - first, scratch);
            scalar.rows().sigmoidGate(x, xCol, expected, yCol, cols, first, rows - first, scratch);
            panama.rows().sigmoidGate(x, xCol, actual, yCol, cols, first, rows - first, scratch);
            Bits.assertSame(expected.data(), actual.data(), cols + " columns");
            Bits.assertUntouched(y.data(), actual.data(), y.cols(), first, rows, yCol, yCol + cols, "multiply, gate");
        }
    }

    private void checkAddBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int from, int to) {
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        scalar.rows().addBias(bias, expected, yCol, firstRow, rowCount, from, to);
        panama.rows().addBias(bias, actual, yCol, firstRow, rowCount, from, to);
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
        assertEquals(scalar.math().argmax(x, from, to), panama.math().argmax(x, from, to), what);
        float[] expected = x.clone();
        float[] actual = x.clone();
        float expectedSum = scalar.math().expSum(expected, from, to);
        float actualSum = panama.math().expSum(actual, from, to);
        Bits.assertSame(expected, actual, what);
        Bits.assertSame(expectedSum, actualSum, what);
        Bits.assertUntouched(x, actual, x.length, 0, 1, from, to, what);
    }
}
