package io.github.mamba4j.kernels.linear;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Bits;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.Stored;
import io.github.mamba4j.kernels.Stored.Place;
import io.github.mamba4j.kernels.Values;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.team.WorkQueue;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fast matrix product gives the bits of the scalar one, for every shape, format, place and range. */
class MatmulEqualityTest {
    private static final int[] ROW_COUNTS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 16, 17, 24, 31, 32, 33, 35, 36,
            37, 47, 48, 49, 64};

    private final Kernels scalar = KernelChoice.SCALAR.load();
    private final Kernels panama = KernelChoice.PANAMA.load();
    // One for all cases: what the last one left behind must not matter.
    private final Scratch scratch = new Scratch();
    private final PackedRows packed = new PackedRows();

    /** One call on a part of larger buffers. */
    private record Call(Matrix w, int outFrom, int outTo, int xCol, int yCol, int firstRow, int rowCount) {
        static Call whole(Matrix w, int rowCount) {
            return new Call(w, 0, w.rows(), 0, 0, 0, rowCount);
        }

        @Override
        public String toString() {
            return "%d x %d %s (address %d modulo 64), outputs %d to %d, columns %d and %d, %d rows from %d".formatted(
                    w.rows(), w.cols(), w.dtype(), w.data().address() % 64, outFrom, outTo, xCol, yCol, rowCount,
                    firstRow);
        }
    }

    private void check(Call call, Activations x, Values v) {
        int width = Math.max(1, call.yCol + call.outTo + v.between(0, 3));
        Activations y = v.activations(x.rows(), width);
        Activations expected = Values.copy(y);
        Activations actual = Values.copy(y);
        float[] input = x.data().clone();
        run(scalar, call, x, expected);
        run(panama, call, x, actual);
        Bits.assertSame(expected.data(), actual.data(), call);
        Bits.assertUntouched(y.data(), actual.data(), width, call.firstRow, call.firstRow + call.rowCount,
                call.yCol + call.outFrom, call.yCol + call.outTo, call);
        Activations ofPacked = Values.copy(y);
        runPacked(call, x, ofPacked, v);
        Bits.assertSame(expected.data(), ofPacked.data(), call);
        Bits.assertSame(input, x.data(), call);
    }

    /** The same from rows that were packed in shares, the last of them first. */
    private void runPacked(Call c, Activations x, Activations y, Values v) {
        int rows = c.firstRow + c.rowCount;
        if (panama.linear().beginPacking(x, c.xCol, c.w.cols(), rows, packed)) {
            int middle = v.between(0, rows / packed.grain()) * packed.grain();
            panama.linear().packRows(packed, middle, rows - middle, scratch);
            panama.linear().packRows(packed, 0, middle, scratch);
        }
        panama.linear().matmul(c.w, c.outFrom, c.outTo, packed, y, c.yCol, c.firstRow, c.rowCount, scratch);
    }

    private void run(Kernels kernels, Call c, Activations x, Activations y) {
        kernels.linear().matmul(c.w, c.outFrom, c.outTo, x, c.xCol, y, c.yCol, c.firstRow, c.rowCount, scratch);
    }

    private void checkWhole(Values v, Matrix w, int rows) {
        check(Call.whole(w, rows), v.activations(rows, w.cols()), v);
    }

    @Test
    void everyLengthOfSum() {
        Values v = new Values(1);
        for (int k = 1; k <= 140; k++) {
            for (DType dtype : Stored.FORMATS) {
                for (int rows : new int[]{1, 2, 5, 16, 33}) {
                    checkWhole(v, Stored.normal(v, dtype, 1 + k % 23, k, v.oneOf(Place.values())), rows);
                }
            }
        }
    }

    @Test
    void everyNumberOfRowsAndOutputs() {
        Values v = new Values(2);
        for (int rows : ROW_COUNTS) {
            for (int outs = 1; outs <= 40; outs++) {
                checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), outs, v.between(1, 50), Place.NATIVE), rows);
            }
            for (int outs : new int[]{63, 64, 65, 127, 128, 129, 257, 300}) {
                checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), outs, v.between(17, 80), Place.NATIVE), rows);
            }
        }
    }

    /** One row of activations: each stream of weights goes through several rows at once, and what is left over. */
    @Test
    void oneRowAndManyOutputs() {
        Values v = new Values(15);
        for (int k : new int[]{16, 32, 48, 64, 80, 96, 768, 784, 800}) {
            for (int outs : new int[]{7, 8, 9, 16, 55, 63, 64, 65, 71, 72, 73, 128, 129, 200, 263}) {
                for (DType dtype : Stored.FORMATS) {
                    checkWhole(v, Stored.normal(v, dtype, outs, k, v.oneOf(Place.values())), 1);
                }
            }
        }
    }

    @Test
    void longSumsThatAreCutIntoBlocks() {
        Values v = new Values(3);
        for (int k : new int[]{255, 256, 257, 512, 528, 767, 768, 769, 784, 1023, 1024, 1025, 1536, 1552, 2048, 2064,
                4097, 5120}) {
            for (DType dtype : Stored.FORMATS) {
                for (int rows : new int[]{1, 3, 8, 21, 37}) {
                    checkWhole(v, Stored.normal(v, dtype, v.oneOf(new int[]{1, 5, 33}), k, v.oneOf(Place.values())),
                            rows);
                }
            }
        }
    }

    /** Rows of whole cache lines, whose weights are packed without a detour, beside what is left of a vector. */
    @Test
    void wholeSquaresOfWeights() {
        Values v = new Values(16);
        for (int k : new int[]{32, 64, 96, 128, 192, 320, 768}) {
            for (int outs : new int[]{15, 16, 17, 31, 32, 48, 63, 96, 100}) {
                for (DType dtype : Stored.FORMATS) {
                    checkWhole(v, Stored.normal(v, dtype, outs, k, v.oneOf(Place.values())), v.between(9, 40));
                }
            }
        }
    }

    @Test
    void moreWeightsThanOnePackedBlockHolds() {
        Values v = new Values(4);
        for (DType dtype : Stored.FORMATS) {
            checkWhole(v, Stored.normal(v, dtype, 301, 1040, Place.NATIVE_2), 33);
            checkWhole(v, Stored.normal(v, dtype, 115, 5120, Place.NATIVE), 37);
            checkWhole(v, Stored.normal(v, dtype, 2100, 130, Place.HEAP_BYTES), 64);
            checkWhole(v, Stored.normal(v, dtype, 40, 70, Place.HEAP_BYTES), 600);
            checkWhole(v, Stored.normal(v, dtype, ManyRows.BLOCK / 64, 40, Place.NATIVE), 33);
        }
    }

    @Test
    void moreRowsThanOnePackedBlockHolds() {
        Values v = new Values(11);
        for (int rows : new int[]{127, 128, 129, 255, 256, 257, 261, 520}) {
            checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), 13, 33, Place.NATIVE), rows);
            checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), 7, 529, Place.NATIVE), rows);
        }
        for (int k : new int[]{5120, ManyRows.MAX_COLS}) {
            int block = ManyRows.mostRows(k);
            for (int rows : new int[]{block, block + 1, 2 * block + 3}) {
                checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), 13, k, Place.NATIVE), rows);
            }
        }
    }

    @Test
    void narrowMatricesLikeDtProj() {
        Values v = new Values(13);
        for (int k : new int[]{48, 64}) {
            for (int rows : new int[]{15, 16, 17, 18, 19, 33}) {
                for (int outs : new int[]{1, 3, 15, 16, 17, 100, 255, 256, 257, 600}) {
                    checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), outs, k, v.oneOf(Place.values())), rows);
                }
            }
            // More rows than are summed at a time, and than are laid out at a time.
            for (int rows : new int[]{31, 32, 63, 64, 65, 96, 97, 200, 512, 513, 577}) {
                checkWhole(v, Stored.normal(v, v.oneOf(Stored.FORMATS), 35, k, v.oneOf(Place.values())), rows);
            }
        }
    }

    @Test
    void sumsLongerThanAPanel() {
        Values v = new Values(12);
        for (DType dtype : Stored.FORMATS) {
            for (int k : new int[]{8191, 8193, 16383, 16384, 16385, 20000}) {
                checkWhole(v, Stored.normal(v, dtype, 7, k, Place.NATIVE_1), 1);
                checkWhole(v, Stored.normal(v, dtype, 7, k, Place.NATIVE), 11);
            }
        }
    }

    @Test
    void partsOfLargerBuffers() {
        Values v = new Values(5);
        for (int i = 0; i < 1500; i++) {
            Matrix w = Stored.normal(v, v.oneOf(Stored.FORMATS), v.between(1, 90), v.between(1, 120),
                    v.oneOf(Place.values()));
            int outFrom = v.between(0, w.rows());
            int outTo = v.between(outFrom, w.rows());
            int xCol = v.between(0, 20);
            int firstRow = v.between(0, 5);
            int rowCount = v.between(0, 3) == 0 ? v.oneOf(ROW_COUNTS) : v.between(0, 9);
            int yCol = v.between(-outFrom, 20);
            Activations x = v.activations(firstRow + rowCount + v.between(0, 2), xCol + w.cols() + v.between(0, 20));
            check(new Call(w, outFrom, outTo, xCol, yCol, firstRow, rowCount), x, v);
        }
    }

    /** Threads that wrote to the same cache line would wait for each other; part of a tile takes as long as a whole one. */
    @Test
    void piecesOfProductsAreWholeCacheLinesAndTiles() {
        for (int rows : new int[]{1, 63, 64, 512}) {
            int least = panama.linear().leastOutputs(rows);
            assertTrue(least > 0, least + " outputs");
            assertEquals(0, least % WorkQueue.GRAIN, least + " outputs of " + rows + " rows");
        }
        assertEquals(0, panama.linear().leastOutputs(64) % Tile.OUTS);
    }

    /** Beginning at a whole share, where packed rows are read, or elsewhere, where they cannot be. */
    @Test
    void someOfThePackedRows() {
        Values v = new Values(14);
        for (int firstRow : new int[]{0, 1, 11, 12, 13, 24, 36, 48}) {
            for (int rows : new int[]{0, 1, 12, 13, 30, 49, 100}) {
                Matrix w = Stored.normal(v, v.oneOf(Stored.FORMATS), v.between(1, 70), v.oneOf(new int[]{31, 48, 100}),
                        Place.NATIVE);
                Activations x = v.activations(firstRow + rows, w.cols() + 3);
                check(new Call(w, 0, w.rows(), 2, 1, firstRow, rows), x, v);
            }
        }
    }

    @Test
    void valuesOfAllMagnitudesAndNonFiniteOnes() {
        Values v = new Values(6);
        for (int i = 0; i < 600; i++) {
            DType dtype = v.oneOf(Stored.FORMATS);
            int outs = v.between(1, 40);
            int k = v.between(1, 70);
            int rows = v.oneOf(ROW_COUNTS);
            Matrix w = i % 2 == 0
                    ? Stored.of(Stored.encode(v.wild(outs * k), dtype), dtype, outs, k, Place.NATIVE)
                    : Stored.anyBits(v, dtype, outs, k, Place.NATIVE);
            float[] x = i % 3 == 0 ? v.broken(rows * k) : v.wild(rows * k);
            check(Call.whole(w, rows), new Activations(x, rows, k), v);
        }
    }

    /** Products too small for a float: sums are -0 if all lanes are, but for those that zeros fill up. */
    @Test
    void sumsThatAreMinusZero() {
        Values v = new Values(19);
        float[] small = {0x1.0p-140f, 0x1.0p-140f, 0x1.0p-140f, 0x1.0p-130f, 0f};
        for (int k = 1; k <= 100; k++) {
            for (DType dtype : Stored.FORMATS) {
                float[] weights = new float[20 * k];
                Arrays.fill(weights, -0x1.0p-20f);
                Matrix w = Stored.of(Stored.encode(weights, dtype), dtype, 20, k, Place.NATIVE);
                for (int rows : new int[]{1, 2, 3, 7, 33, 49}) {
                    float[] x = new float[rows * k];
                    for (int i = 0; i < x.length; i++) {
                        x[i] = v.between(0, 200) == 0 ? -0x1.0p-140f : small[v.between(0, small.length - 1)];
                    }
                    check(Call.whole(w, rows), new Activations(x, rows, k), v);
                }
            }
        }
    }

    @Test
    void everyBitPatternOfTheHalfFormats() {
        byte[] all = new byte[2 << 16];
        for (int bits = 0; bits < 1 << 16; bits++) {
            all[2 * bits] = (byte) bits;
            all[2 * bits + 1] = (byte) (bits >> 8);
        }
        Values v = new Values(7);
        for (DType dtype : new DType[]{DType.F16, DType.BF16}) {
            for (Place place : new Place[]{Place.NATIVE, Place.HEAP_BYTES_1}) {
                for (int k : new int[]{1, 16, 64}) {
                    Matrix w = Stored.of(all, dtype, (1 << 16) / k, k, place);
                    for (int rows : new int[]{1, 8, 16}) {
                        checkWhole(v, w, rows);
                    }
                    widenAll(w);
                }
            }
        }
    }

    /** Without the others, which some kernels leave to each other. */
    @Test
    void everyFiniteF16() {
        Values v = new Values(20);
        for (int k : new int[]{1, 16, 64, 512}) {
            for (int rows : new int[]{1, 8, 16}) {
                checkWhole(v, Stored.everyFiniteF16(k, Place.NATIVE), rows);
            }
        }
    }

    /** In rows of whole groups, and beyond them. */
    @Test
    void oneWeightThatIsNotFinite() {
        Values v = new Values(21);
        for (float weight : new float[]{Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}) {
            for (int i = 0; i < 100; i++) {
                int k = v.between(1, 80);
                int outs = v.between(1, 150);
                float[] weights = v.normal(outs * k);
                weights[v.between(0, weights.length - 1)] = weight;
                for (DType dtype : Stored.FORMATS) {
                    checkWhole(v, Stored.of(Stored.encode(weights, dtype), dtype, outs, k, Place.NATIVE), 1);
                }
            }
        }
    }

    private void widenAll(Matrix w) {
        Activations expected = Activations.allocate(2, w.cols());
        Activations actual = Activations.allocate(2, w.cols());
        for (int row = 0; row < w.rows(); row++) {
            scalar.rows().widenRow(w, row, 1f, expected, 1);
            panama.rows().widenRow(w, row, 1f, actual, 1);
            Bits.assertSame(expected.data(), actual.data(), w.dtype());
        }
    }

    @Test
    void widenedRowsOfEveryLengthAndPlace() {
        Values v = new Values(8);
        for (int cols = 1; cols <= 100; cols++) {
            for (DType dtype : Stored.FORMATS) {
                widenAll(Stored.anyBits(v, dtype, 3, cols, v.oneOf(Place.values())));
            }
        }
    }

    @Test
    void weightsInMappedFilesAtAnyOffset(@TempDir Path folder) {
        Values v = new Values(9);
        try (Arena arena = Arena.ofConfined()) {
            for (DType dtype : Stored.FORMATS) {
                for (int header : new int[]{0, 1, 3, 7, 62}) {
                    byte[] bytes = Stored.encode(v.normal(35 * 83), dtype);
                    Path file = folder.resolve(dtype + "-" + header);
                    Matrix w = Stored.mapped(bytes, dtype, 35, 83, file, header, arena);
                    for (int rows : new int[]{1, 4, 19}) {
                        checkWhole(v, w, rows);
                    }
                }
            }
        }
    }

    /** The first calls are interpreted, the last are compiled. */
    @Test
    void compilationDoesNotChangeTheBits() {
        Values v = new Values(10);
        for (DType dtype : Stored.FORMATS) {
            for (int rows : new int[]{1, 9}) {
                Matrix w = Stored.normal(v, dtype, 7, 45, Place.NATIVE_1);
                Activations x = v.activations(rows, 45);
                Activations expected = Activations.allocate(rows, 7);
                Activations actual = Activations.allocate(rows, 7);
                run(scalar, Call.whole(w, rows), x, expected);
                for (int i = 0; i < 5000; i++) {
                    run(panama, Call.whole(w, rows), x, actual);
                    Bits.assertSame(expected.data(), actual.data(), "call " + i);
                }
            }
        }
    }
}
