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
 * Brings operands into the panels of {@link PanamaTile}, widened to float32 and filled up with zeros. Every row (of
 * activations or weights) becomes a sequence of groups of 16 floats at a fixed distance.
 */
final class PanamaPacking {
    private static final int LANES = ScalarKernels.LANES;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT.withOrder(LITTLE_ENDIAN);

    private PanamaPacking() {}

    /** Packs columns {@code [col, col + cols)} of some rows: one panel after another. */
    static void packRows(Activations x, int firstRow, int rows, int col, int cols, int groups, MemorySegment panels) {
        int padded = Math.ceilDiv(rows, ROWS) * ROWS;
        for (int r = 0; r < padded; r++) {
            long at = ((long) r / ROWS * groups << ROW_GROUP_SHIFT) + r % ROWS * SLOT;
            if (r < rows) {
                int from = x.index(firstRow + r, col);
                copyFloats(x.data(), from, cols, panels, at, ROW_GROUP_SHIFT);
                if (cols % LANES != 0) {
                    int whole = cols / LANES * LANES;
                    for (int k = whole; k < groups * LANES; k++) {
                        set(panels, at, ROW_GROUP_SHIFT, k, k < cols ? x.data()[from + k] : 0f);
                    }
                }
            } else {
                zero(panels, at, groups, ROW_GROUP_SHIFT);
            }
        }
    }

    /** Packs and widens some rows of weights, at most six, into one panel. */
    static void packWeights(Matrix w, int firstRow, int rows, int groups, MemorySegment panel) {
        int whole = w.cols() / LANES;
        for (int o = 0; o < OUTS; o++) {
            long at = (long) o * SLOT;
            if (o < rows) {
                widen(w, w.rowOffset(firstRow + o), whole, panel, at, WEIGHT_GROUP_SHIFT);
                for (int k = whole * LANES; k < groups * LANES; k++) {
                    set(panel, at, WEIGHT_GROUP_SHIFT, k, k < w.cols() ? w.get(firstRow + o, k) : 0f);
                }
            } else {
                zero(panel, at, groups, WEIGHT_GROUP_SHIFT);
            }
        }
    }

    private static void set(MemorySegment to, long at, int groupShift, int k, float value) {
        to.set(FLOAT, at + ((long) (k / LANES) << groupShift) + k % LANES * Float.BYTES, value);
    }

    private static void zero(MemorySegment to, long at, int groups, int groupShift) {
        for (int part = 0; part < LANES; part += VectorWidth.LANES) {
            long out = at + part * Float.BYTES;
            for (int g = 0; g < groups; g++) {
                FloatVector.zero(FLOATS).intoMemorySegment(to, out + ((long) g << groupShift), LITTLE_ENDIAN);
            }
        }
    }

    private static void copyFloats(float[] x, int from, int cols, MemorySegment to, long at, int groupShift) {
        for (int part = 0; part < LANES; part += VectorWidth.LANES) {
            long out = at + part * Float.BYTES;
            for (int g = 0; g < cols / LANES; g++) {
                FloatVector.fromArray(FLOATS, x, from + part + (g << 4)).intoMemorySegment(to,
                        out + ((long) g << groupShift), LITTLE_ENDIAN);
            }
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
