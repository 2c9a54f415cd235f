package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import org.junit.jupiter.api.Test;

/** The fast scan with heads gives the bits of the scalar one. */
class HeadScanEqualityTest {
    private static final int[] STATES = {1, 2, 3, 7, 15, 16, 17, 24, 31, 32, 33, 48, 63, 64, 65, 80, 100, 128, 130, 192,
            200, 256};
    private static final int[] CHANNELS = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 20, 31, 32, 33, 48, 64, 65, 80, 128};
    private static final float[] MINIMA = {0, 0, 0.001f, 0.5f};
    private static final float[] MAXIMA = {Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, 0.5f, 3};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    private final Scratch scratch = new Scratch();

    private record Sequence(HeadScanParameters p, HeadScanBuffers io, float[] h) {
        Sequence copy() {
            return new Sequence(p, new HeadScanBuffers(io.xbc(), Values.copy(io.dt()), Values.copy(io.y())), h.clone());
        }

        @Override
        public String toString() {
            return p.heads() + " heads in " + p.groups() + " groups, " + p.headDim() + " channels, " + p.dState()
                    + " states, " + io.y().rows() + " rows";
        }
    }

    private static Sequence sequence(Values v, int groups, int headsPerGroup, int headDim, int dState, int rows) {
        int heads = groups * headsPerGroup;
        float[] aLog = v.normal(heads);
        for (int h = 0; h < heads; h++) {
            aLog[h] += v.between(-2, 4);
        }
        var p = new HeadScanParameters(heads, headDim, groups, dState, ScanParameters.negativeExp(aLog),
                v.normal(heads), v.normal(heads), v.oneOf(MINIMA), v.oneOf(MAXIMA));
        var io = new HeadScanBuffers(v.activations(rows, p.xbcCols()), v.activations(rows, heads),
                v.activations(rows, heads * headDim));
        return new Sequence(p, io, p.pack(v.normal(heads * headDim * dState)));
    }

    private void run(Kernels kernels, Sequence s, int firstRow, int rowCount, int from, int to) {
        kernels.headScan().scan(s.p, s.io, s.h, firstRow, rowCount, from, to, scratch);
    }

    private void check(Sequence s, int firstRow, int rowCount, int from, int to) {
        Sequence expected = s.copy();
        Sequence actual = s.copy();
        String what = s + "; rows " + firstRow + " + " + rowCount + ", heads " + from + " to " + to;
        run(scalar, expected, firstRow, rowCount, from, to);
        run(panama, actual, firstRow, rowCount, from, to);
        Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "y of " + what);
        Bits.assertSame(expected.io.dt().data(), actual.io.dt().data(), "dt of " + what);
        Bits.assertSame(s.p.unpack(expected.h), s.p.unpack(actual.h), "h of " + what);
        int endRow = firstRow + rowCount;
        int width = s.p.headDim();
        Bits.assertUntouched(s.io.y().data(), actual.io.y().data(), s.p.dInner(), firstRow, endRow, from * width,
                to * width, "y of " + what);
        Bits.assertUntouched(s.io.dt().data(), actual.io.dt().data(), s.p.heads(), firstRow, endRow, from, to,
                "dt of " + what);
        Bits.assertUntouched(s.p.unpack(s.h), s.p.unpack(actual.h), width * s.p.dState(), from, to, 0,
                width * s.p.dState(), "h of " + what);
    }

    @Test
    void everySizeOfAHead() {
        Values v = new Values(1);
        for (int dState : STATES) {
            for (int headDim : CHANNELS) {
                check(sequence(v, 1, 2, headDim, dState, 3), 0, 3, 0, 2);
            }
        }
    }

    @Test
    void theSizesOfModels() {
        Values v = new Values(2);
        for (int dState : new int[]{64, 128, 256}) {
            for (int headDim : new int[]{64, 80, 128}) {
                for (int rows : new int[]{1, 33, 70}) {
                    check(sequence(v, 2, 2, headDim, dState, rows), 0, rows, 0, 4);
                }
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
            check(sequence(v, 1, 2, 20, 130, rows), 0, rows, 0, 2);
        }
    }

    @Test
    void partsOfLargerBuffers() {
        Values v = new Values(5);
        for (int i = 0; i < 600; i++) {
            int rows = v.between(1, 12);
            Sequence s = sequence(v, v.between(1, 4), v.between(1, 12), v.between(1, 40), v.oneOf(STATES), rows);
            int firstRow = v.between(0, rows);
            int from = v.between(0, s.p.heads());
            check(s, firstRow, v.between(0, rows - firstRow), from, v.between(from, s.p.heads()));
        }
    }

    @Test
    void valuesOfAllMagnitudesAndNonFiniteOnes() {
        Values v = new Values(6);
        for (int i = 0; i < 400; i++) {
            int rows = v.between(1, 6);
            Sequence s = sequence(v, v.between(1, 2), v.between(1, 3), v.between(1, 40), v.oneOf(STATES), rows);
            for (Activations x : new Activations[]{s.io.xbc(), s.io.dt()}) {
                float[] values = i % 3 == 0 ? v.broken(x.data().length) : v.wild(x.data().length);
                System.arraycopy(values, 0, x.data(), 0, values.length);
            }
            check(s, 0, rows, 0, s.p.heads());
        }
    }

    /** Down to dt = 0, where nothing decays, and up to where everything does. */
    @Test
    void decaysFromNoneToAll() {
        Values v = new Values(7);
        for (int shift = -110; shift <= 130; shift += 3) {
            Sequence s = sequence(v, 1, 3, 20, 33, 4);
            for (int i = 0; i < s.io.dt().data().length; i++) {
                s.io.dt().data()[i] += shift;
            }
            check(s, 0, 4, 0, 3);
        }
    }

    /** The first calls are interpreted, the last are compiled. */
    @Test
    void compilationDoesNotChangeTheBits() {
        Values v = new Values(8);
        Sequence start = sequence(v, 1, 2, 20, 200, 2);
        Sequence expected = start.copy();
        run(scalar, expected, 0, 2, 0, 2);
        float[] h = start.p.unpack(expected.h);
        for (int i = 0; i < 3000; i++) {
            Sequence actual = start.copy();
            run(panama, actual, 0, 2, 0, 2);
            Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "call " + i);
            Bits.assertSame(h, start.p.unpack(actual.h), "call " + i);
        }
    }
}
