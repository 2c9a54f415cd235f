package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Values;
import org.junit.jupiter.api.Test;

/** The fast selective scan gives the bits of the scalar one. */
class ScanEqualityTest {
    private static final int[] STATES = {1, 2, 3, 7, 8, 15, 16, 17, 24, 31, 32, 33, 64, 128};
    private static final int[] CHANNELS = {1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 100, 130};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    private final Scratch scratch = new Scratch();

    /** The buffers of a sequence, and copies of what a scan writes. */
    private record Sequence(ScanParameters p, ScanBuffers io, float[] h) {
        Sequence copy() {
            var copied = new ScanBuffers(io.u(), Values.copy(io.dt()), io.bc(), io.bCol(), io.cCol(), io.z(), io.zCol(),
                    Values.copy(io.y()));
            return new Sequence(p, copied, h.clone());
        }

        @Override
        public String toString() {
            return p.dInner() + " channels, " + p.dState() + " states, " + io.u().rows()
                    + " rows, B, C, z from columns "
                    + io.bCol() + ", " + io.cCol() + ", " + io.zCol();
        }
    }

    private static ScanParameters parameters(Values v, int dInner, int dState) {
        float[] aLog = v.normal(dInner * dState);
        for (int i = 0; i < aLog.length; i++) {
            aLog[i] += v.between(-2, 4);
        }
        return ScanParameters.ofALog(aLog, v.normal(dInner), v.normal(dInner));
    }

    private static Sequence sequence(Values v, int dInner, int dState, int rows) {
        int bCol = v.between(0, 9);
        int cCol = bCol + dState + v.between(0, 5);
        int zCol = v.between(0, 20);
        var io = new ScanBuffers(v.activations(rows, dInner), v.activations(rows, dInner),
                v.activations(rows, cCol + dState + v.between(0, 3)), bCol, cCol,
                v.activations(rows, zCol + dInner + v.between(0, 20)), zCol, v.activations(rows, dInner));
        return new Sequence(parameters(v, dInner, dState), io, v.normal(dInner * dState));
    }

    private void run(Kernels kernels, Sequence s, int firstRow, int rowCount, int from, int to) {
        kernels.selectiveScan().scan(s.p, s.io, s.h, firstRow, rowCount, from, to, scratch);
    }

    private void check(Sequence s, int firstRow, int rowCount, int from, int to) {
        Sequence expected = s.copy();
        Sequence actual = s.copy();
        String what = s + "; rows " + firstRow + " + " + rowCount + ", channels " + from + " to " + to;
        run(scalar, expected, firstRow, rowCount, from, to);
        run(panama, actual, firstRow, rowCount, from, to);
        Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "y of " + what);
        Bits.assertSame(expected.io.dt().data(), actual.io.dt().data(), "dt of " + what);
        Bits.assertSame(expected.h, actual.h, "h of " + what);
        int dInner = s.p.dInner();
        int endRow = firstRow + rowCount;
        Bits.assertUntouched(s.io.y().data(), actual.io.y().data(), dInner, firstRow, endRow, from, to, "y of " + what);
        Bits.assertUntouched(s.io.dt().data(), actual.io.dt().data(), dInner, firstRow, endRow, from, to,
                "dt of " + what);
        ScanLayout layout = s.p.layout();
        Bits.assertUntouched(layout.unpack(s.h), layout.unpack(actual.h), s.p.dState(), from, to, 0, s.p.dState(),
                "h of " + what);
    }

    @Test
    void everyStateSizeAndNumberOfChannels() {
        Values v = new Values(1);
        for (int dState : STATES) {
            for (int dInner : CHANNELS) {
                for (int rows : new int[]{1, 3}) {
                    check(sequence(v, dInner, dState, rows), 0, rows, 0, dInner);
                }
            }
        }
    }

    @Test
    void whereTheGateIs() {
        Values v = new Values(9);
        for (int i = 0; i < 200; i++) {
            int dInner = v.between(1, 300);
            int rows = v.between(1, 150);
            ScanParameters p = parameters(v, dInner, v.between(1, 2) * 8);
            Activations bc = v.activations(rows, 2 * p.dState());
            var apart = new ScanBuffers(v.activations(rows, dInner), v.activations(rows, dInner), bc, 0, p.dState(),
                    v.activations(rows, dInner), 0, Activations.allocate(rows, dInner));
            float[] h = v.normal(p.stateSize());
            float[] expectedH = h.clone();
            Activations zy = Values.copy(apart.z());
            var inPlace = new ScanBuffers(apart.u(), Values.copy(apart.dt()), bc, 0, p.dState(), zy, 0, zy);
            scalar.selectiveScan().scan(p, apart, expectedH, 0, rows, 0, dInner, scratch);
            (i % 2 == 0 ? scalar : panama).selectiveScan().scan(p, inPlace, h, 0, rows, 0, dInner, scratch);
            String what = dInner + " channels, " + rows + " rows";
            Bits.assertSame(apart.y().data(), zy.data(), what);
            Bits.assertSame(apart.dt().data(), inPlace.dt().data(), what);
            Bits.assertSame(expectedH, h, what);
        }
    }

    @Test
    void everyNumberOfRows() {
        Values v = new Values(2);
        for (int rows = 0; rows <= 40; rows++) {
            for (int dState : new int[]{5, 16}) {
                check(sequence(v, 37, dState, rows), 0, rows, 0, 37);
            }
        }
    }

    @Test
    void longSequencesAndManyChannels() {
        Values v = new Values(7);
        for (int dState : new int[]{7, 16, 33}) {
            for (int rows : new int[]{63, 64, 65, 97}) {
                check(sequence(v, 19, dState, rows), 0, rows, 0, 19);
            }
            for (int dInner : new int[]{1023, 1024, 1025, 1056, 2100}) {
                check(sequence(v, dInner, dState, 3), 0, 3, 0, dInner);
                check(sequence(v, dInner, dState, 34), 1, 33, 5, dInner - 1);
            }
        }
    }

    @Test
    void partsOfLargerBuffers() {
        Values v = new Values(3);
        for (int i = 0; i < 1500; i++) {
            int rows = v.between(1, 12);
            int dInner = v.between(1, 90);
            int firstRow = v.between(0, rows);
            int from = v.between(0, dInner);
            check(sequence(v, dInner, v.oneOf(STATES), rows), firstRow, v.between(0, rows - firstRow), from,
                    v.between(from, dInner));
        }
    }

    @Test
    void valuesOfAllMagnitudesAndNonFiniteOnes() {
        Values v = new Values(4);
        for (int i = 0; i < 800; i++) {
            int rows = v.between(1, 6);
            int dInner = v.between(1, 50);
            Sequence s = sequence(v, dInner, v.oneOf(STATES), rows);
            for (Activations x : new Activations[]{s.io.u(), s.io.dt(), s.io.bc(), s.io.z()}) {
                float[] values = i % 3 == 0 ? v.broken(x.data().length) : v.wild(x.data().length);
                System.arraycopy(values, 0, x.data(), 0, values.length);
            }
            check(s, 0, rows, 0, dInner);
        }
    }

    /** Down to dt = 0, where nothing decays, and up to where everything does. */
    @Test
    void decaysFromNoneToAll() {
        Values v = new Values(5);
        for (int shift = -110; shift <= 130; shift += 3) {
            Sequence s = sequence(v, 35, 17, 4);
            for (int i = 0; i < s.io.dt().data().length; i++) {
                s.io.dt().data()[i] += shift;
            }
            check(s, 0, 4, 0, 35);
        }
    }

    /** The first calls are interpreted, the last are compiled. */
    @Test
    void compilationDoesNotChangeTheBits() {
        Values v = new Values(6);
        Sequence start = sequence(v, 21, 16, 2);
        Sequence expected = start.copy();
        run(scalar, expected, 0, 2, 0, 21);
        for (int i = 0; i < 5000; i++) {
            Sequence actual = start.copy();
            run(panama, actual, 0, 2, 0, 21);
            Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "call " + i);
            Bits.assertSame(expected.h, actual.h, "call " + i);
        }
    }
}
