package io.github.mamba4j.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;

/** dt_proj and scan at once give the bits of the scalar product and the scalar scan. */
class ProjectAndScanEqualityTest {
    private static final int[] RANKS = {1, 16, 47, 48, 49, 64, 96};
    private static final int[] ROWS = {0, 1, 15, 16, 17, 63, 64, 65, 95, 96, 97, 127, 128, 129, 200};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    private final Scratch scratch = new Scratch();

    /** What both ways begin with. The columns of bc: something else, dt_proj's input, B and C. */
    private record Case(Matrix dtProj, int rCol, ScanParameters p, ScanBuffers io, float[] h) {
        static Case of(Values v, DType dtype, int dInner, int dState, int dtRank, int rows) {
            int rCol = v.between(0, 9);
            int bCol = rCol + dtRank;
            int cCol = bCol + dState;
            var io = new ScanBuffers(v.activations(rows, dInner), v.activations(rows, dInner),
                    v.activations(rows, cCol + dState + v.between(0, 3)), bCol, cCol, v.activations(rows, dInner), 0,
                    v.activations(rows, dInner));
            float[] aLog = v.normal(dInner * dState);
            return new Case(Stored.normal(v, dtype, dInner, dtRank, v.oneOf(Stored.Place.values())), rCol,
                    ScanParameters.ofALog(aLog, v.normal(dInner), v.normal(dInner)), io, v.normal(aLog.length));
        }

        Case copy() {
            var copied = new ScanBuffers(io.u(), Values.copy(io.dt()), io.bc(), io.bCol(), io.cCol(), io.z(), io.zCol(),
                    Values.copy(io.y()));
            return new Case(dtProj, rCol, p, copied, h.clone());
        }

        @Override
        public String toString() {
            return p.dInner() + " channels, " + p.dState() + " states, " + dtProj.dtype() + " rank " + dtProj.cols();
        }
    }

    private void check(Case c, int firstRow, int rowCount, int from, int to) {
        Case expected = c.copy();
        scalar.matmul(c.dtProj, from, to, expected.io.bc(), c.rCol, expected.io.dt(), 0, firstRow, rowCount, scratch);
        scalar.selectiveScan(c.p, expected.io, expected.h, firstRow, rowCount, from, to, scratch);
        for (Kernels kernels : new Kernels[]{scalar, panama}) {
            Case actual = c.copy();
            kernels.projectAndScan(c.dtProj, c.rCol, c.p, actual.io, actual.h, firstRow, rowCount, from, to, scratch);
            String what = kernels.name() + ", " + c + "; rows " + firstRow + " + " + rowCount + ", channels " + from
                    + " to " + to;
            Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "y of " + what);
            Bits.assertSame(expected.h, actual.h, "h of " + what);
            Bits.assertUntouched(c.io.dt().data(), actual.io.dt().data(), c.p.dInner(), firstRow, firstRow + rowCount,
                    from, to, "dt of " + what);
        }
    }

    @Test
    void everyNumberOfRows() {
        Values v = new Values(1);
        for (int dtRank : RANKS) {
            for (int rows : ROWS) {
                DType dtype = v.oneOf(Stored.FORMATS);
                check(Case.of(v, dtype, 37, 16, dtRank, rows), 0, rows, 0, 37);
                check(Case.of(v, dtype, 37, 5, dtRank, rows), 0, rows, 0, 37);
            }
        }
    }

    @Test
    void everyNumberOfChannels() {
        Values v = new Values(2);
        for (int dtRank : new int[]{48, 64}) {
            for (int dInner : new int[]{1, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 48, 255, 256, 257, 272, 300, 530}) {
                check(Case.of(v, v.oneOf(Stored.FORMATS), dInner, 16, dtRank, 70), 0, 70, 0, dInner);
            }
        }
    }

    @Test
    void partsOfLargerBuffers() {
        Values v = new Values(3);
        for (int i = 0; i < 300; i++) {
            int dInner = v.between(1, 120);
            int firstRow = v.between(0, 20);
            int rowCount = v.between(50, 140);
            int from = v.between(0, dInner);
            Case c = Case.of(v, v.oneOf(Stored.FORMATS), dInner, v.oneOf(new int[]{3, 16, 20}),
                    v.oneOf(new int[]{48, 64}), firstRow + rowCount + v.between(0, 5));
            check(c, firstRow, rowCount, from, v.between(from, dInner));
        }
    }

    @Test
    void inPlaceOfTheGate() {
        Values v = new Values(4);
        Case c = Case.of(v, DType.BF16, 83, 16, 48, 130);
        Case apart = c.copy();
        scalar.projectAndScan(c.dtProj, c.rCol, c.p, apart.io, apart.h, 0, 130, 0, 83, scratch);
        Activations zy = Values.copy(c.io.z());
        var inPlace = new ScanBuffers(c.io.u(), c.io.dt(), c.io.bc(), c.io.bCol(), c.io.cCol(), zy, 0, zy);
        panama.projectAndScan(c.dtProj, c.rCol, c.p, inPlace, c.h, 0, 130, 0, 83, scratch);
        Bits.assertSame(apart.io.y().data(), zy.data(), "y");
        Bits.assertSame(apart.h, c.h, "h");
    }

    @Test
    void valuesOfAllMagnitudesAndNonFiniteOnes() {
        Values v = new Values(5);
        for (int i = 0; i < 60; i++) {
            Case c = Case.of(v, v.oneOf(Stored.FORMATS), v.between(1, 70), 16, v.oneOf(new int[]{48, 64}), 66);
            for (Activations x : new Activations[]{c.io.u(), c.io.bc(), c.io.z()}) {
                float[] values = i % 3 == 0 ? v.broken(x.data().length) : v.wild(x.data().length);
                System.arraycopy(values, 0, x.data(), 0, values.length);
            }
            check(c, 0, 66, 0, c.p.dInner());
        }
    }

    /** The first calls are interpreted, the last are compiled. */
    @Test
    void compilationDoesNotChangeTheBits() {
        Values v = new Values(6);
        Case start = Case.of(v, DType.F32, 35, 16, 48, 64);
        Case expected = start.copy();
        scalar.projectAndScan(start.dtProj, start.rCol, start.p, expected.io, expected.h, 0, 64, 0, 35, scratch);
        for (int i = 0; i < 1500; i++) {
            Case actual = start.copy();
            panama.projectAndScan(start.dtProj, start.rCol, start.p, actual.io, actual.h, 0, 64, 0, 35, scratch);
            Bits.assertSame(expected.io.y().data(), actual.io.y().data(), "call " + i);
            Bits.assertSame(expected.h, actual.h, "call " + i);
        }
    }

    @Test
    void whereItGains() {
        for (int dtRank : RANKS) {
            Matrix dtProj = Matrix.of(new float[3 * dtRank], 3, dtRank);
            for (int rows : ROWS) {
                boolean narrow = dtRank == 48 || dtRank == 64;
                assertEquals(narrow && rows >= 64, panama.gainsFromProjecting(dtProj, rows), dtRank + ", " + rows);
                assertFalse(scalar.gainsFromProjecting(dtProj, rows));
            }
        }
    }
}
