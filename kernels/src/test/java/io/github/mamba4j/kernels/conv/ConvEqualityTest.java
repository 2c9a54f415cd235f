package io.github.mamba4j.kernels.conv;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Values;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The fast convolution gives the bits of the scalar one. */
class ConvEqualityTest {
    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();

    /** One call on a part of larger buffers. */
    private record Call(int dConv, int dInner, int xCol, int rows, int firstRow, int rowCount, int from, int to) {
        static Call whole(int dConv, int dInner, int rows) {
            return new Call(dConv, dInner, 0, rows, 0, rows, 0, dInner);
        }
    }

    private void check(Call c, Values v) {
        int width = c.xCol + c.dInner + v.between(0, 20);
        check(c, v, v.activations(c.rows, width));
    }

    private static ConvParameters parameters(Values v, int dInner, int dConv) {
        return new ConvParameters(dInner, dConv, v.normal(dConv * dInner), v.normal(dInner),
                v.between(0, 2) == 0 ? CausalConv.Activation.NONE : CausalConv.Activation.SILU);
    }

    private void check(Call c, Values v, Activations x) {
        var p = parameters(v, c.dInner, c.dConv);
        float[] window = v.normal(p.stateSize());
        int yCol = v.between(0, 9);
        Activations y = v.activations(c.rows, yCol + c.dInner + v.between(0, 9));
        Activations expected = Values.copy(y);
        float[] expectedWindow = window.clone();
        Activations actual = Values.copy(y);
        float[] actualWindow = window.clone();
        scalar.conv().convolve(p, x, c.xCol, expected, yCol, expectedWindow, c.firstRow, c.rowCount, c.from, c.to);
        panama.conv().convolve(p, x, c.xCol, actual, yCol, actualWindow, c.firstRow, c.rowCount, c.from, c.to);
        Bits.assertSame(expected.data(), actual.data(), c);
        Bits.assertSame(expectedWindow, actualWindow, c);
        Bits.assertUntouched(y.data(), actual.data(), y.cols(), c.firstRow, c.firstRow + c.rowCount, yCol + c.from,
                yCol + c.to, c);
        Bits.assertUntouched(window, actualWindow, c.dInner, 0, c.dConv - 1, c.from, c.to, c);
    }

    @Test
    void whereTheInputIs() {
        Values v = new Values(4);
        for (int i = 0; i < 300; i++) {
            var p = parameters(v, v.between(1, 70), v.between(1, 6));
            Activations x = v.activations(v.between(1, 20), p.channels());
            float[] window = v.normal(p.stateSize());
            Activations apart = Activations.allocate(x.rows(), x.cols());
            float[] expectedWindow = window.clone();
            scalar.conv().convolve(p, x, 0, apart, 0, expectedWindow, 0, x.rows(), 0, x.cols());
            for (Kernels kernels : List.of(scalar, panama)) {
                Activations inPlace = Values.copy(x);
                float[] actualWindow = window.clone();
                kernels.conv().convolve(p, inPlace, 0, inPlace, 0, actualWindow, 0, x.rows(), 0, x.cols());
                Bits.assertSame(apart.data(), inPlace.data(), kernels.name());
                Bits.assertSame(expectedWindow, actualWindow, kernels.name());
            }
        }
    }

    @Test
    void everyNumberOfTapsRowsAndChannels() {
        Values v = new Values(1);
        for (int dConv = 1; dConv <= 6; dConv++) {
            for (int rows = 0; rows <= 12; rows++) {
                for (int dInner : new int[]{1, 2, 7, 8, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 130}) {
                    check(Call.whole(dConv, dInner, rows), v);
                }
            }
            check(Call.whole(dConv, 37, 100), v);
            check(Call.whole(dConv, 1536, 2), v);
        }
    }

    @Test
    void partsOfLargerBuffers() {
        Values v = new Values(2);
        for (int i = 0; i < 3000; i++) {
            int rows = v.between(1, 14);
            int firstRow = v.between(0, rows);
            int dInner = v.between(1, 90);
            int from = v.between(0, dInner);
            check(new Call(v.between(1, 6), dInner, v.between(0, 30), rows, firstRow, v.between(0, rows - firstRow),
                    from,
                    v.between(from, dInner)), v);
        }
    }

    @Test
    void valuesOfAllMagnitudesAndNonFiniteOnes() {
        Values v = new Values(3);
        for (int i = 0; i < 500; i++) {
            Call c = Call.whole(v.between(1, 6), v.between(1, 70), v.between(1, 9));
            int count = c.rows * c.dInner;
            check(c, v, new Activations(i % 2 == 0 ? v.wild(count) : v.broken(count), c.rows, c.dInner));
        }
    }
}
