package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.Rows;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Packs 16 rows of stored weights for {@link Tile} with 512-bit vectors, straight from where they are stored: a
 * detour through an array would first drive out of the cache what is read from there next.
 *
 * <p>Squares of 16 by 16 words of 32 bits are transposed as {@link Transpose} does it. A word is a float32, or two
 * neighbours of 16 bits that are widened after they have changed places: so a square of them needs as many steps as one of
 * float32, and holds twice as many weights. F16 is not packed here: it takes more than a shift to widen, and that made it
 * slower than the detour.
 */
final class StoredRows {
    /** Rows, and words of a square's row. */
    private static final int SIDE = 16;
    private static final long SLOT = SIDE * Float.BYTES;
    /** Bytes of a square. */
    static final long SQUARE_BYTES = SIDE * SLOT;
    private static final int UPPER_HALF = 0xffff_0000;
    private static final VectorMask<Float> UPPER_8 = Fold.upper(8);
    private static final VectorMask<Float> UPPER_4 = Fold.upper(4);
    private static final VectorMask<Float> UPPER_2 = Fold.upper(2);
    private static final VectorMask<Float> UPPER_1 = Fold.upper(1);
    private static final VectorShuffle<Float> SWAP_8 = Fold.swap(8);
    private static final VectorShuffle<Float> SWAP_4 = Fold.swap(4);
    private static final VectorShuffle<Float> SWAP_2 = Fold.swap(2);
    private static final VectorShuffle<Float> SWAP_1 = Fold.swap(1);

    private StoredRows() {}

    /** Whether this is for matrices like that: F32 or BF16 and vectors of 16 lanes, and rows that are whole squares. */
    static boolean fits(Matrix w) {
        return VectorWidth.LANES == SIDE && w.dtype() != DType.F16 && w.cols() * w.dtype().bytes() % SLOT == 0;
    }

    /**
     * Packs one vector of outputs.
     *
     * @param w what {@link #fits}
     * @param firstRow the first of 16 rows
     * @param to packed weights
     * @param toAt where the vector of lane 0 of group 0 goes
     * @param groupStep bytes from group to group
     * @param laneStep bytes from lane to lane
     * @param square room for a square
     */
    static void pack(Matrix w, int firstRow, MemorySegment to, long toAt, long groupStep, long laneStep,
            MemorySegment square) {
        long from = w.rowOffset(firstRow);
        long rowBytes = w.rowOffset(firstRow + 1) - from;
        for (long k = 0; k < rowBytes; k += SLOT) {
            switch (w.dtype()) {
                case F32 -> transpose(w.data(), from + k, rowBytes, to, toAt + k / SLOT * groupStep, laneStep);
                case BF16 -> {
                    transpose(w.data(), from + k, rowBytes, square, 0, SLOT);
                    spreadBf16(square, to, toAt + k / SLOT * 2 * groupStep, groupStep, laneStep);
                }
                default -> throw new AssertionError(w.dtype());
            }
        }
    }

    /** Widens two groups of BF16, whose bits are the upper half of a float32. */
    private static void spreadBf16(MemorySegment square, MemorySegment to, long toAt, long groupStep, long laneStep) {
        square.isNative();
        to.isNative(); // for the compiler: see PanamaKernels
        for (int i = 0; i < SIDE; i++) {
            IntVector pairs = IntVector.fromMemorySegment(INTS, square, i * SLOT, LITTLE_ENDIAN);
            long at = toAt + i / (SIDE / 2) * groupStep + i % (SIDE / 2) * 2 * laneStep;
            pairs.lanewise(LSHL, 16).intoMemorySegment(to, at, LITTLE_ENDIAN);
            pairs.and(UPPER_HALF).intoMemorySegment(to, at + laneStep, LITTLE_ENDIAN);
        }
    }

    private static void transpose(MemorySegment from, long at, long near, MemorySegment to, long toAt, long stride) {
        from.isNative();
        to.isNative(); // for the compiler: see PanamaKernels
        FloatVector v0 = FloatVector.fromMemorySegment(FLOATS, from, at, LITTLE_ENDIAN);
        FloatVector v1 = FloatVector.fromMemorySegment(FLOATS, from, at + near, LITTLE_ENDIAN);
        FloatVector v2 = FloatVector.fromMemorySegment(FLOATS, from, at + 2 * near, LITTLE_ENDIAN);
        FloatVector v3 = FloatVector.fromMemorySegment(FLOATS, from, at + 3 * near, LITTLE_ENDIAN);
        FloatVector v4 = FloatVector.fromMemorySegment(FLOATS, from, at + 4 * near, LITTLE_ENDIAN);
        FloatVector v5 = FloatVector.fromMemorySegment(FLOATS, from, at + 5 * near, LITTLE_ENDIAN);
        FloatVector v6 = FloatVector.fromMemorySegment(FLOATS, from, at + 6 * near, LITTLE_ENDIAN);
        FloatVector v7 = FloatVector.fromMemorySegment(FLOATS, from, at + 7 * near, LITTLE_ENDIAN);
        FloatVector v8 = FloatVector.fromMemorySegment(FLOATS, from, at + 8 * near, LITTLE_ENDIAN);
        FloatVector v9 = FloatVector.fromMemorySegment(FLOATS, from, at + 9 * near, LITTLE_ENDIAN);
        FloatVector v10 = FloatVector.fromMemorySegment(FLOATS, from, at + 10 * near, LITTLE_ENDIAN);
        FloatVector v11 = FloatVector.fromMemorySegment(FLOATS, from, at + 11 * near, LITTLE_ENDIAN);
        FloatVector v12 = FloatVector.fromMemorySegment(FLOATS, from, at + 12 * near, LITTLE_ENDIAN);
        FloatVector v13 = FloatVector.fromMemorySegment(FLOATS, from, at + 13 * near, LITTLE_ENDIAN);
        FloatVector v14 = FloatVector.fromMemorySegment(FLOATS, from, at + 14 * near, LITTLE_ENDIAN);
        FloatVector v15 = FloatVector.fromMemorySegment(FLOATS, from, at + 15 * near, LITTLE_ENDIAN);
        FloatVector a0 = v0.blend(v8.rearrange(SWAP_8), UPPER_8);
        FloatVector a8 = v0.rearrange(SWAP_8).blend(v8, UPPER_8);
        FloatVector a1 = v1.blend(v9.rearrange(SWAP_8), UPPER_8);
        FloatVector a9 = v1.rearrange(SWAP_8).blend(v9, UPPER_8);
        FloatVector a2 = v2.blend(v10.rearrange(SWAP_8), UPPER_8);
        FloatVector a10 = v2.rearrange(SWAP_8).blend(v10, UPPER_8);
        FloatVector a3 = v3.blend(v11.rearrange(SWAP_8), UPPER_8);
        FloatVector a11 = v3.rearrange(SWAP_8).blend(v11, UPPER_8);
        FloatVector a4 = v4.blend(v12.rearrange(SWAP_8), UPPER_8);
        FloatVector a12 = v4.rearrange(SWAP_8).blend(v12, UPPER_8);
        FloatVector a5 = v5.blend(v13.rearrange(SWAP_8), UPPER_8);
        FloatVector a13 = v5.rearrange(SWAP_8).blend(v13, UPPER_8);
        FloatVector a6 = v6.blend(v14.rearrange(SWAP_8), UPPER_8);
        FloatVector a14 = v6.rearrange(SWAP_8).blend(v14, UPPER_8);
        FloatVector a7 = v7.blend(v15.rearrange(SWAP_8), UPPER_8);
        FloatVector a15 = v7.rearrange(SWAP_8).blend(v15, UPPER_8);
        FloatVector b0 = a0.blend(a4.rearrange(SWAP_4), UPPER_4);
        FloatVector b4 = a0.rearrange(SWAP_4).blend(a4, UPPER_4);
        FloatVector b1 = a1.blend(a5.rearrange(SWAP_4), UPPER_4);
        FloatVector b5 = a1.rearrange(SWAP_4).blend(a5, UPPER_4);
        FloatVector b2 = a2.blend(a6.rearrange(SWAP_4), UPPER_4);
        FloatVector b6 = a2.rearrange(SWAP_4).blend(a6, UPPER_4);
        FloatVector b3 = a3.blend(a7.rearrange(SWAP_4), UPPER_4);
        FloatVector b7 = a3.rearrange(SWAP_4).blend(a7, UPPER_4);
        FloatVector b8 = a8.blend(a12.rearrange(SWAP_4), UPPER_4);
        FloatVector b12 = a8.rearrange(SWAP_4).blend(a12, UPPER_4);
        FloatVector b9 = a9.blend(a13.rearrange(SWAP_4), UPPER_4);
        FloatVector b13 = a9.rearrange(SWAP_4).blend(a13, UPPER_4);
        FloatVector b10 = a10.blend(a14.rearrange(SWAP_4), UPPER_4);
        FloatVector b14 = a10.rearrange(SWAP_4).blend(a14, UPPER_4);
        FloatVector b11 = a11.blend(a15.rearrange(SWAP_4), UPPER_4);
        FloatVector b15 = a11.rearrange(SWAP_4).blend(a15, UPPER_4);
        FloatVector c0 = b0.blend(b2.rearrange(SWAP_2), UPPER_2);
        FloatVector c2 = b0.rearrange(SWAP_2).blend(b2, UPPER_2);
        FloatVector c1 = b1.blend(b3.rearrange(SWAP_2), UPPER_2);
        FloatVector c3 = b1.rearrange(SWAP_2).blend(b3, UPPER_2);
        FloatVector c4 = b4.blend(b6.rearrange(SWAP_2), UPPER_2);
        FloatVector c6 = b4.rearrange(SWAP_2).blend(b6, UPPER_2);
        FloatVector c5 = b5.blend(b7.rearrange(SWAP_2), UPPER_2);
        FloatVector c7 = b5.rearrange(SWAP_2).blend(b7, UPPER_2);
        FloatVector c8 = b8.blend(b10.rearrange(SWAP_2), UPPER_2);
        FloatVector c10 = b8.rearrange(SWAP_2).blend(b10, UPPER_2);
        FloatVector c9 = b9.blend(b11.rearrange(SWAP_2), UPPER_2);
        FloatVector c11 = b9.rearrange(SWAP_2).blend(b11, UPPER_2);
        FloatVector c12 = b12.blend(b14.rearrange(SWAP_2), UPPER_2);
        FloatVector c14 = b12.rearrange(SWAP_2).blend(b14, UPPER_2);
        FloatVector c13 = b13.blend(b15.rearrange(SWAP_2), UPPER_2);
        FloatVector c15 = b13.rearrange(SWAP_2).blend(b15, UPPER_2);
        FloatVector d0 = c0.blend(c1.rearrange(SWAP_1), UPPER_1);
        FloatVector d1 = c0.rearrange(SWAP_1).blend(c1, UPPER_1);
        FloatVector d2 = c2.blend(c3.rearrange(SWAP_1), UPPER_1);
        FloatVector d3 = c2.rearrange(SWAP_1).blend(c3, UPPER_1);
        FloatVector d4 = c4.blend(c5.rearrange(SWAP_1), UPPER_1);
        FloatVector d5 = c4.rearrange(SWAP_1).blend(c5, UPPER_1);
        FloatVector d6 = c6.blend(c7.rearrange(SWAP_1), UPPER_1);
        FloatVector d7 = c6.rearrange(SWAP_1).blend(c7, UPPER_1);
        FloatVector d8 = c8.blend(c9.rearrange(SWAP_1), UPPER_1);
        FloatVector d9 = c8.rearrange(SWAP_1).blend(c9, UPPER_1);
        FloatVector d10 = c10.blend(c11.rearrange(SWAP_1), UPPER_1);
        FloatVector d11 = c10.rearrange(SWAP_1).blend(c11, UPPER_1);
        FloatVector d12 = c12.blend(c13.rearrange(SWAP_1), UPPER_1);
        FloatVector d13 = c12.rearrange(SWAP_1).blend(c13, UPPER_1);
        FloatVector d14 = c14.blend(c15.rearrange(SWAP_1), UPPER_1);
        FloatVector d15 = c14.rearrange(SWAP_1).blend(c15, UPPER_1);
        d0.intoMemorySegment(to, toAt, LITTLE_ENDIAN);
        d1.intoMemorySegment(to, toAt + stride, LITTLE_ENDIAN);
        d2.intoMemorySegment(to, toAt + 2 * stride, LITTLE_ENDIAN);
        d3.intoMemorySegment(to, toAt + 3 * stride, LITTLE_ENDIAN);
        d4.intoMemorySegment(to, toAt + 4 * stride, LITTLE_ENDIAN);
        d5.intoMemorySegment(to, toAt + 5 * stride, LITTLE_ENDIAN);
        d6.intoMemorySegment(to, toAt + 6 * stride, LITTLE_ENDIAN);
        d7.intoMemorySegment(to, toAt + 7 * stride, LITTLE_ENDIAN);
        d8.intoMemorySegment(to, toAt + 8 * stride, LITTLE_ENDIAN);
        d9.intoMemorySegment(to, toAt + 9 * stride, LITTLE_ENDIAN);
        d10.intoMemorySegment(to, toAt + 10 * stride, LITTLE_ENDIAN);
        d11.intoMemorySegment(to, toAt + 11 * stride, LITTLE_ENDIAN);
        d12.intoMemorySegment(to, toAt + 12 * stride, LITTLE_ENDIAN);
        d13.intoMemorySegment(to, toAt + 13 * stride, LITTLE_ENDIAN);
        d14.intoMemorySegment(to, toAt + 14 * stride, LITTLE_ENDIAN);
        d15.intoMemorySegment(to, toAt + 15 * stride, LITTLE_ENDIAN);
    }
}
