package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import org.junit.jupiter.api.Test;

/** The fast delta rule gives the bits of the scalar one. */
class DeltaRuleEqualityTest {
    private static final int[] WIDTHS = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 20, 31, 32, 33, 48, 63, 64, 65, 80, 100, 128,
            130};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    private final Scratch scratch = new Scratch();

    private record Sequence(DeltaRuleParameters p, DeltaRuleBuffers io, float[] s) {
        Sequence copy() {
            return new Sequence(p, new DeltaRuleBuffers(io.qkv(), io.alpha(), io.b(), Values.copy(io.y())), s.clone());
        }

        @Override
        public String toString() {
            return p.valueHeads() + " heads of " + p.keyDim() + " x " + p.valueDim() + ", " + p.keyHeads()
                    + " key heads, " + io.y().rows() + " rows";
        }
    }

    private static Sequence sequence(Values v, int keyHeads, int ratio, int keyDim, int valueDim, int rows) {
        int heads = keyHeads * ratio;
        var p = new DeltaRuleParameters(keyHeads, heads, keyDim, valueDim, ScanParameters.negativeExp(v.normal(heads)),
                v.normal(heads), v.between(0, 1) == 0, v.between(0, 1) == 0);
        var io = new DeltaRuleBuffers(v.activations(rows, p.qkvCols()), v.activations(rows, heads),
                v.activations(rows, heads), v.activations(rows, p.valueCols()));
        return new Sequence(p, io, p.pack(v.normal(heads * keyDim * valueDim)));
    }

    private void run(Kernels kernels, Sequence s, int firstRow, int rowCount, int from, int to) {
        kernels.deltaRule().scan(s.p, s.io, s.s, firstRow, rowCount, from, to, scratch);
    }

    private void check(Sequence s, int firstRow, int rowCount, int from, int to) {
        Sequence expected = s.copy();
        Sequence actual = s.copy();
        String what = s + "; rows " + firstRow + " + " + rowCount + ", heads " + from + " to " + to;
        run(scalar, expected, firstRow, rowCount, from, to);
        run(panama, actual, firstRow, rowCount, from, to);
        Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "y of " + what);
        Bits.assertSame(s.p.unpack(expected.s), s.p.unpack(actual.s), "S of " + what);
        int width = s.p.valueDim();
        Bits.assertUntouched(s.io.y().data(), actual.io.y().data(), s.p.valueCols(), firstRow, firstRow + rowCount,
                from * width, to * width, "y of " + what);
        Bits.assertUntouched(s.p.unpack(s.s), s.p.unpack(actual.s), width * s.p.keyDim(), from, to, 0,
                width * s.p.keyDim(), "S of " + what);
    }

    @Test
    void everySizeOfAHead() {
        Values v = new Values(1);
        for (int keyDim : WIDTHS) {
            for (int valueDim : WIDTHS) {
                check(sequence(v, 1, 2, keyDim, valueDim, 3), 0, 3, 0, 2);
            }
        }
    }

    @Test
    void theSizesOfModels() {
        Values v = new Values(2);
        for (int width : new int[]{64, 96, 128, 256}) {
            for (int rows : new int[]{1, 2, 33, 70}) {
                check(sequence(v, 2, 2, width, 128, rows), 0, rows, 0, 4);
            }
        }
    }

    @Test
    void headsThatThePlanesHaveNoRoomFor() {
        Values v = new Values(3);
        for (int most : new int[]{1023, 1024, 1025}) {
            check(sequence(v, 1, 1, 3, most, 33), 0, 33, 0, 1);
            check(sequence(v, 1, 1, most, 3, 33), 0, 33, 0, 1);
        }
        check(sequence(v, 1, 1, 1024, 1024, 33), 0, 33, 0, 1);
    }

    @Test
    void everyNumberOfRows() {
        Values v = new Values(4);
        for (int rows = 0; rows <= 100; rows++) {
            check(sequence(v, 1, 2, 70, 20, rows), 0, rows, 0, 2);
        }
    }

    @Test
    void partsOfLargerBuffers() {
        Values v = new Values(5);
        for (int i = 0; i < 600; i++) {
            int rows = v.between(1, 12);
            Sequence s = sequence(v, v.between(1, 4), v.between(1, 4), v.oneOf(WIDTHS), v.between(1, 40), rows);
            int firstRow = v.between(0, rows);
            int from = v.between(0, s.p.valueHeads());
            check(s, firstRow, v.between(0, rows - firstRow), from, v.between(from, s.p.valueHeads()));
        }
    }

    @Test
    void valuesOfAllMagnitudesAndNonFiniteOnes() {
        Values v = new Values(6);
        for (int i = 0; i < 400; i++) {
            int rows = v.between(1, 6);
            Sequence s = sequence(v, v.between(1, 2), v.between(1, 3), v.oneOf(WIDTHS), v.between(1, 40), rows);
            for (Activations x : new Activations[]{s.io.qkv(), s.io.alpha(), s.io.b()}) {
                float[] values = i % 3 == 0 ? v.broken(x.data().length) : v.wild(x.data().length);
                System.arraycopy(values, 0, x.data(), 0, values.length);
            }
            check(s, 0, rows, 0, s.p.valueHeads());
        }
    }

    /** Gates from closed to open. */
    @Test
    void decaysAndBetasFromNoneToAll() {
        Values v = new Values(7);
        for (int shift = -110; shift <= 130; shift += 3) {
            Sequence s = sequence(v, 1, 3, 33, 20, 4);
            for (int i = 0; i < s.io.b().data().length; i++) {
                s.io.alpha().data()[i] += shift;
                s.io.b().data()[i] += shift;
            }
            check(s, 0, 4, 0, 3);
        }
    }

    /** The first calls are interpreted, the last are compiled. */
    @Test
    void compilationDoesNotChangeTheBits() {
        Values v = new Values(8);
        Sequence start = sequence(v, 1, 2, 100, 20, 3);
        Sequence expected = start.copy();
        run(scalar, expected, 0, 3, 0, 2);
        float[] state = start.p.unpack(expected.s);
        for (int i = 0; i < 3000; i++) {
            Sequence actual = start.copy();
            run(panama, actual, 0, 3, 0, 2);
            Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "call " + i);
            Bits.assertSame(state, start.p.unpack(actual.s), "call " + i);
        }
    }
}
