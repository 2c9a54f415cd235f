package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.PanamaTile.OUTS;
import static io.github.mamba4j.kernels.PanamaTile.ROWS;
import static io.github.mamba4j.kernels.PanamaTile.ROW_GROUP_SHIFT;
import static io.github.mamba4j.kernels.PanamaTile.SLOT;
import static io.github.mamba4j.kernels.PanamaTile.WEIGHT_GROUP_SHIFT;
import static io.github.mamba4j.kernels.VectorWidth.F16_BITS;
import static io.github.mamba4j.kernels.VectorWidth.F16_EXPONENT;
import static io.github.mamba4j.kernels.VectorWidth.F16_SCALE;
import static io.github.mamba4j.kernels.VectorWidth.F16_SPECIAL;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Brings operands into the panels of {@link PanamaTile}, widened to float32, the summed dimension filled up with zeros to
 * whole groups of 16 floats. Where a panel has more rows than there are, the last is packed again.
 */
final class PanamaPacking {
    private static final int LANES = ScalarKernels.LANES;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(LITTLE_ENDIAN);

    private PanamaPacking() {}

    /** Packs columns {@code [col, col + cols)} of some rows: one panel after another. */
    static void packRows(Activations x, int firstRow, int rows, int col, int cols, int groups, MemorySegment panels) {
        int whole = cols / LANES;
        for (int r = 0; r < rows; r += ROWS) {
            long at = (long) r / ROWS * groups << ROW_GROUP_SHIFT;
            // Where rows are missing, the last is packed again: what comes of it is not looked at.
            int last = Math.min(ROWS, rows - r) - 1;
            int from = x.index(firstRow + r, col);
            for (int part = 0; part < LANES; part += VectorWidth.LANES) {
                fourRows(x.data(), from + part, x.cols(), last, whole, panels, at + part * Float.BYTES);
            }
            for (int i = 0; whole < groups && i < ROWS; i++) {
                for (int k = whole * LANES; k < groups * LANES; k++) {
                    float value = k < cols ? x.data()[from + Math.min(i, last) * x.cols() + k] : 0f;
                    set(panels, at + (long) i * SLOT, ROW_GROUP_SHIFT, k, value);
                }
            }
        }
    }

    /**
     * Packs and widens some rows of weights, at most six, {@code distance} apart, into one panel. Where there are fewer,
     * the last again.
     */
    static void packWeights(Matrix w, int firstRow, int distance, int rows, int groups, MemorySegment panel) {
        int whole = w.cols() / LANES;
        long rowBytes = w.rowOffset(distance);
        for (int part = 0; part < LANES; part += VectorWidth.LANES) {
            long from = w.rowOffset(firstRow) + (long) part * w.dtype().bytes();
            long at = (long) part * Float.BYTES;
            switch (w.dtype()) {
                case F32 -> sixF32(w.data(), from, rowBytes, rows - 1, whole, panel, at);
                case BF16 -> sixBf16(w.data(), from, rowBytes, rows - 1, whole, panel, at);
                case F16 -> {
                    for (int o = 0; o < OUTS; o++) {
                        widenF16(w.data(), from + Math.min(o, rows - 1) * rowBytes, whole, panel, at + (long) o * SLOT,
                                WEIGHT_GROUP_SHIFT);
                    }
                }
                default -> throw new AssertionError(w.dtype());
            }
        }
        for (int o = 0; whole < groups && o < OUTS; o++) {
            for (int k = whole * LANES; k < groups * LANES; k++) {
                float value = k < w.cols() ? w.get(firstRow + Math.min(o, rows - 1) * distance, k) : 0f;
                set(panel, (long) o * SLOT, WEIGHT_GROUP_SHIFT, k, value);
            }
        }
    }

    private static void set(MemorySegment to, long at, int groupShift, int k, float value) {
        to.set(FLOAT, at + ((long) (k / LANES) << groupShift) + k % LANES * Float.BYTES, value);
    }

    private static void fourRows(float[] x, int from, int cols, int last, int groups, MemorySegment to, long at) {
        int r1 = from + Math.min(1, last) * cols;
        int r2 = from + Math.min(2, last) * cols;
        int r3 = from + Math.min(3, last) * cols;
        for (int g = 0; g < groups; g++) {
            int k = g << 4;
            long out = at + ((long) g << ROW_GROUP_SHIFT);
            FloatVector.fromArray(FLOATS, x, from + k).intoMemorySegment(to, out, LITTLE_ENDIAN);
            FloatVector.fromArray(FLOATS, x, r1 + k).intoMemorySegment(to, out + SLOT, LITTLE_ENDIAN);
            FloatVector.fromArray(FLOATS, x, r2 + k).intoMemorySegment(to, out + 2 * SLOT, LITTLE_ENDIAN);
            FloatVector.fromArray(FLOATS, x, r3 + k).intoMemorySegment(to, out + 3 * SLOT, LITTLE_ENDIAN);
        }
    }

    /** Six rows at a time: six streams from memory, and one to the panel. */
    private static void sixF32(MemorySegment w, long from, long rowBytes, int last, int groups, MemorySegment to,
            long at) {
        long r0 = from;
        long r1 = from + Math.min(1, last) * rowBytes;
        long r2 = from + Math.min(2, last) * rowBytes;
        long r3 = from + Math.min(3, last) * rowBytes;
        long r4 = from + Math.min(4, last) * rowBytes;
        long r5 = from + Math.min(5, last) * rowBytes;
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 6;
            long out = at + ((long) g << WEIGHT_GROUP_SHIFT);
            FloatVector.fromMemorySegment(FLOATS, w, r0 + k, LITTLE_ENDIAN).intoMemorySegment(to, out,
                    LITTLE_ENDIAN);
            FloatVector.fromMemorySegment(FLOATS, w, r1 + k, LITTLE_ENDIAN).intoMemorySegment(to, out + 1 * SLOT,
                    LITTLE_ENDIAN);
            FloatVector.fromMemorySegment(FLOATS, w, r2 + k, LITTLE_ENDIAN).intoMemorySegment(to, out + 2 * SLOT,
                    LITTLE_ENDIAN);
            FloatVector.fromMemorySegment(FLOATS, w, r3 + k, LITTLE_ENDIAN).intoMemorySegment(to, out + 3 * SLOT,
                    LITTLE_ENDIAN);
            FloatVector.fromMemorySegment(FLOATS, w, r4 + k, LITTLE_ENDIAN).intoMemorySegment(to, out + 4 * SLOT,
                    LITTLE_ENDIAN);
            FloatVector.fromMemorySegment(FLOATS, w, r5 + k, LITTLE_ENDIAN).intoMemorySegment(to, out + 5 * SLOT,
                    LITTLE_ENDIAN);
        }
    }

    /** The bits of BF16 are the upper half of a float32. */
    private static void sixBf16(MemorySegment w, long from, long rowBytes, int last, int groups, MemorySegment to,
            long at) {
        long r0 = from;
        long r1 = from + Math.min(1, last) * rowBytes;
        long r2 = from + Math.min(2, last) * rowBytes;
        long r3 = from + Math.min(3, last) * rowBytes;
        long r4 = from + Math.min(4, last) * rowBytes;
        long r5 = from + Math.min(5, last) * rowBytes;
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 5;
            long out = at + ((long) g << WEIGHT_GROUP_SHIFT);
            ShortVector.fromMemorySegment(HALVES, w, r0 + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, out, LITTLE_ENDIAN);
            ShortVector.fromMemorySegment(HALVES, w, r1 + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, out + 1 * SLOT, LITTLE_ENDIAN);
            ShortVector.fromMemorySegment(HALVES, w, r2 + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, out + 2 * SLOT, LITTLE_ENDIAN);
            ShortVector.fromMemorySegment(HALVES, w, r3 + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, out + 3 * SLOT, LITTLE_ENDIAN);
            ShortVector.fromMemorySegment(HALVES, w, r4 + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, out + 4 * SLOT, LITTLE_ENDIAN);
            ShortVector.fromMemorySegment(HALVES, w, r5 + k, LITTLE_ENDIAN).convertShape(ZERO_EXTEND_S2I, INTS, 0)
                    .reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, out + 5 * SLOT, LITTLE_ENDIAN);
        }
    }

    /** Widens whole groups of stored numbers. */
    static void widen(Matrix w, long offset, int groups, MemorySegment to, long at, int groupShift) {
        for (int part = 0; part < LANES; part += VectorWidth.LANES) {
            long from = offset + (long) part * w.dtype().bytes();
            long out = at + part * Float.BYTES;
            switch (w.dtype()) {
                case F32 -> widenF32(w.data(), from, groups, to, out, groupShift);
                case BF16 -> widenBf16(w.data(), from, groups, to, out, groupShift);
                case F16 -> widenF16(w.data(), from, groups, to, out, groupShift);
                default -> throw new AssertionError(w.dtype());
            }
        }
    }

    private static void widenF32(MemorySegment w, long from, int groups, MemorySegment to, long at, int groupShift) {
        for (int g = 0; g < groups; g++) {
            FloatVector.fromMemorySegment(FLOATS, w, from + ((long) g << 6), LITTLE_ENDIAN).intoMemorySegment(to,
                    at + ((long) g << groupShift), LITTLE_ENDIAN);
        }
    }

    private static void widenBf16(MemorySegment w, long from, int groups, MemorySegment to, long at, int groupShift) {
        for (int g = 0; g < groups; g++) {
            ShortVector.fromMemorySegment(HALVES, w, from + ((long) g << 5), LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16).reinterpretAsFloats()
                    .intoMemorySegment(to, at + ((long) g << groupShift), LITTLE_ENDIAN);
        }
    }

    private static void widenF16(MemorySegment w, long from, int groups, MemorySegment to, long at, int groupShift) {
        for (int g = 0; g < groups; g++) {
            IntVector b = ShortVector.fromMemorySegment(HALVES, w, from + ((long) g << 5), LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 13).and(F16_BITS);
            b.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats()
                    .intoMemorySegment(to, at + ((long) g << groupShift), LITTLE_ENDIAN);
        }
    }
}
