package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Packs 8 rows of stored weights for {@link PanamaTile6x2} with 256-bit vectors, straight from where they are stored. By way
 * of an array they would be written and read once more, and products took 1 to 3 hundredths longer.
 *
 * <p>Squares of 8 by 8 words of 32 bits are transposed as {@link PanamaTranspose} does it. A word is a float32, half of a
 * group's columns to a square; or two neighbours in BF16, which are a whole group, and are widened after they have changed
 * places. F16 takes more than a shift to widen, and is not packed here.
 */
final class PanamaStoredRows256 {
    /** Rows, and words of a square's row. */
    private static final int SIDE = 8;
    private static final int SQUARE = SIDE * SIDE;
    /** Bytes of half a vector. */
    private static final long HALF = SIDE / 2 * Float.BYTES;
    private static final int UPPER_HALF = 0xffff_0000;
    private static final VectorMask<Float> UPPER_4 = PanamaFold.upper(4);
    private static final VectorMask<Float> UPPER_2 = PanamaFold.upper(2);
    private static final VectorMask<Float> UPPER_1 = PanamaFold.upper(1);
    private static final VectorShuffle<Float> SWAP_2 = PanamaFold.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = PanamaFold.swap(1);

    private PanamaStoredRows256() {}

    /** Whether this is for matrices like that: F32 or BF16 and vectors of 8 lanes, and rows that fill a panel. */
    static boolean fits(Matrix w) {
        return VectorWidth.LANES == SIDE && w.dtype() != DType.F16
                && w.cols() == PanamaPacking.groups(w.cols()) * LANES;
    }

    /**
     * Packs one vector of outputs.
     *
     * @param w what {@link #fits}
     * @param firstRow the first of 8 rows
     * @param to packed weights
     * @param toAt where the vector of lane 0 of group 0 goes
     * @param groupStep floats from group to group
     * @param laneStep floats from lane to lane
     * @param stage room for the rows, transposed
     */
    static void pack(Matrix w, int firstRow, float[] to, int toAt, int groupStep, int laneStep, float[] stage) {
        long from = w.rowOffset(firstRow);
        long rowBytes = w.rowOffset(firstRow + 1) - from;
        int groups = w.cols() / LANES;
        switch (w.dtype()) {
            case F32 -> transpose(w.data(), from, rowBytes, to, toAt, laneStep, SIDE * laneStep, groupStep, 2 * groups);
            case BF16 -> {
                transpose(w.data(), from, rowBytes, stage, 0, SIDE, SQUARE, 2 * SQUARE, groups);
                spreadBf16(stage, to, toAt, groupStep, laneStep, groups);
            }
            default -> throw new AssertionError(w.dtype());
        }
    }

    /** Widens groups of BF16, whose bits are the upper half of a float32. */
    private static void spreadBf16(float[] squares, float[] to, int toFirst, int groupStep, int laneStep, int groups) {
        for (int g = 0; g < groups; g++) {
            for (int i = 0; i < SIDE; i++) {
                IntVector pairs = FloatVector.fromArray(FLOATS, squares, g * SQUARE + i * SIDE).reinterpretAsInts();
                int toAt = toFirst + g * groupStep + 2 * i * laneStep;
                pairs.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(to, toAt);
                pairs.and(UPPER_HALF).reinterpretAsFloats().intoArray(to, toAt + laneStep);
            }
        }
    }

    /**
     * Transposes the squares of 8 rows, all in one method, so that masks and shuffles are made ready once. The first step has
     * loads for shuffles: each half of a vector is loaded into the lanes in which it belongs.
     *
     * @param near bytes from row to row
     * @param toStride floats from one transposed vector to the next
     * @param halfStep floats from an even square to the odd one after it
     * @param pairStep floats from an even square to the next even one
     */
    private static void transpose(MemorySegment from, long first, long near, float[] to, int toFirst, int toStride,
            int halfStep, int pairStep, int squares) {
        from.isNative(); // for the compiler: see PanamaKernels
        long far = SIDE / 2 * near;
        for (int k = 0; k < squares; k++) {
            long at = first + (long) k * SIDE * Float.BYTES;
            int toAt = toFirst + k / 2 * pairStep + k % 2 * halfStep;
            FloatVector a0 = FloatVector.fromMemorySegment(FLOATS, from, at, LITTLE_ENDIAN)
                    .blend(FloatVector.fromMemorySegment(FLOATS, from, at + far - HALF, LITTLE_ENDIAN), UPPER_4);
            FloatVector a4 = FloatVector.fromMemorySegment(FLOATS, from, at + HALF, LITTLE_ENDIAN)
                    .blend(FloatVector.fromMemorySegment(FLOATS, from, at + far, LITTLE_ENDIAN), UPPER_4);
            FloatVector a1 = FloatVector.fromMemorySegment(FLOATS, from, at + near, LITTLE_ENDIAN)
                    .blend(FloatVector.fromMemorySegment(FLOATS, from, at + far + near - HALF, LITTLE_ENDIAN), UPPER_4);
            FloatVector a5 = FloatVector.fromMemorySegment(FLOATS, from, at + near + HALF, LITTLE_ENDIAN)
                    .blend(FloatVector.fromMemorySegment(FLOATS, from, at + far + near, LITTLE_ENDIAN), UPPER_4);
            FloatVector a2 = FloatVector.fromMemorySegment(FLOATS, from, at + 2 * near, LITTLE_ENDIAN).blend(
                    FloatVector.fromMemorySegment(FLOATS, from, at + far + 2 * near - HALF, LITTLE_ENDIAN), UPPER_4);
            FloatVector a6 = FloatVector.fromMemorySegment(FLOATS, from, at + 2 * near + HALF, LITTLE_ENDIAN)
                    .blend(FloatVector.fromMemorySegment(FLOATS, from, at + far + 2 * near, LITTLE_ENDIAN), UPPER_4);
            FloatVector a3 = FloatVector.fromMemorySegment(FLOATS, from, at + 3 * near, LITTLE_ENDIAN).blend(
                    FloatVector.fromMemorySegment(FLOATS, from, at + far + 3 * near - HALF, LITTLE_ENDIAN), UPPER_4);
            FloatVector a7 = FloatVector.fromMemorySegment(FLOATS, from, at + 3 * near + HALF, LITTLE_ENDIAN)
                    .blend(FloatVector.fromMemorySegment(FLOATS, from, at + far + 3 * near, LITTLE_ENDIAN), UPPER_4);
            FloatVector b0 = a0.blend(a2.rearrange(SWAP_2), UPPER_2);
            FloatVector b2 = a0.rearrange(SWAP_2).blend(a2, UPPER_2);
            FloatVector b1 = a1.blend(a3.rearrange(SWAP_2), UPPER_2);
            FloatVector b3 = a1.rearrange(SWAP_2).blend(a3, UPPER_2);
            FloatVector b4 = a4.blend(a6.rearrange(SWAP_2), UPPER_2);
            FloatVector b6 = a4.rearrange(SWAP_2).blend(a6, UPPER_2);
            FloatVector b5 = a5.blend(a7.rearrange(SWAP_2), UPPER_2);
            FloatVector b7 = a5.rearrange(SWAP_2).blend(a7, UPPER_2);
            b0.blend(b1.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt);
            b0.rearrange(SWAP_1).blend(b1, UPPER_1).intoArray(to, toAt + toStride);
            b2.blend(b3.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt + 2 * toStride);
            b2.rearrange(SWAP_1).blend(b3, UPPER_1).intoArray(to, toAt + 3 * toStride);
            b4.blend(b5.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt + 4 * toStride);
            b4.rearrange(SWAP_1).blend(b5, UPPER_1).intoArray(to, toAt + 5 * toStride);
            b6.blend(b7.rearrange(SWAP_1), UPPER_1).intoArray(to, toAt + 6 * toStride);
            b6.rearrange(SWAP_1).blend(b7, UPPER_1).intoArray(to, toAt + 7 * toStride);
        }
    }
}
