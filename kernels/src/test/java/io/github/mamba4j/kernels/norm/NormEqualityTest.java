package io.github.mamba4j.kernels.norm;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import org.junit.jupiter.api.Test;

/** The fast norms give the bits of the scalar ones. */
class NormEqualityTest {
    private static final int[] LENGTHS = {127, 128, 129, 255, 256, 257, 1000, 1023, 1024, 1025, 5120};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    private final Scratch scratch = new Scratch();

    /** All forms of the norm of some columns of x. */
    private void check(NormParameters p, Activations x, int xCol, int firstRow, int rowCount, Values v) {
        int yCol = v.between(0, 9);
        Activations y = v.activations(x.rows(), yCol + p.cols() + v.between(0, 9));
        Activations z = v.activations(x.rows(), p.cols() + 3);
        check(p, y, yCol, firstRow, rowCount,
                (k, out) -> k.norm().rmsNorm(p, x, xCol, out, yCol, firstRow, rowCount));
        for (GateOrder order : GateOrder.values()) {
            check(p, y, yCol, firstRow, rowCount, (k, out) -> k.norm().gatedRmsNorm(p, order, x, xCol, z, 2, out, yCol,
                    firstRow, rowCount, scratch));
            gateInPlace(p, order, x, xCol, z, firstRow, rowCount);
        }
    }

    private interface Form {
        void run(Kernels kernels, Activations out);
    }

    private void check(NormParameters p, Activations y, int yCol, int firstRow, int rowCount, Form form) {
        String what = p.cols() + " columns in " + p.groups() + " groups";
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        form.run(scalar, expected);
        form.run(panama, actual);
        Bits.assertSame(expected.data(), actual.data(), what);
        Bits.assertUntouched(y.data(), actual.data(), y.cols(), firstRow, firstRow + rowCount, yCol, yCol + p.cols(),
                what);
    }

    /** The output in the place of the gate. */
    private void gateInPlace(NormParameters p, GateOrder order, Activations x, int xCol, Activations z, int firstRow,
            int rowCount) {
        Activations expected = Values.copy(z);
        Activations actual = Values.copy(z);
        Activations apart = Values.copy(z);
        scalar.norm().gatedRmsNorm(p, order, x, xCol, z, 2, apart, 2, firstRow, rowCount, scratch);
        scalar.norm().gatedRmsNorm(p, order, x, xCol, expected, 2, expected, 2, firstRow, rowCount, scratch);
        panama.norm().gatedRmsNorm(p, order, x, xCol, actual, 2, actual, 2, firstRow, rowCount, scratch);
        Bits.assertSame(apart.data(), expected.data(), order + " in the gate's place, scalar");
        Bits.assertSame(apart.data(), actual.data(), order + " in the gate's place");
    }

    /** The output in the place of the input. */
    private void inPlace(NormParameters p, Activations x, int xCol, Values v) {
        Activations z = v.activations(x.rows(), p.cols());
        for (Kernels k : new Kernels[]{scalar, panama}) {
            Activations apart = Values.copy(x);
            Activations inPlace = Values.copy(x);
            k.norm().rmsNorm(p, x, xCol, apart, xCol, 0, x.rows());
            k.norm().rmsNorm(p, inPlace, xCol, inPlace, xCol, 0, x.rows());
            Bits.assertSame(apart.data(), inPlace.data(), k.name() + " in place");
            for (GateOrder order : GateOrder.values()) {
                apart = Values.copy(x);
                inPlace = Values.copy(x);
                k.norm().gatedRmsNorm(p, order, x, xCol, z, 0, apart, xCol, 0, x.rows(), scratch);
                k.norm().gatedRmsNorm(p, order, inPlace, xCol, z, 0, inPlace, xCol, 0, x.rows(), scratch);
                Bits.assertSame(apart.data(), inPlace.data(), k.name() + " in place, " + order);
            }
        }
    }

    private static NormParameters parameters(Values v, int groups, int size) {
        int cols = groups * size;
        return new NormParameters(cols, groups, v.between(0, 2) == 0 ? null : v.normal(cols), 1e-5f);
    }

    @Test
    void groupsOfEverySize() {
        Values v = new Values(2);
        for (int size = 1; size <= 100; size++) {
            NormParameters p = parameters(v, v.between(1, 4), size);
            int xCol = v.between(0, 5);
            int cols = xCol + p.cols() + v.between(0, 5);
            check(p, v.activations(5, cols), xCol, v.between(0, 2), v.between(0, 3), v);
            check(p, new Activations(v.wild(2 * cols), 2, cols), xCol, 0, 2, v);
            check(p, new Activations(v.broken(2 * cols), 2, cols), xCol, 0, 2, v);
            inPlace(p, v.activations(3, cols), xCol, v);
        }
        for (int size : LENGTHS) {
            NormParameters p = parameters(v, v.between(1, 2), size);
            check(p, v.activations(3, p.cols()), 0, 0, 3, v);
            inPlace(p, v.activations(2, p.cols() + 7), 4, v);
        }
    }
}
