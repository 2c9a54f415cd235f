package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;

import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.VectorWidth;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Widens stored weights to float32, into an array: a loop that writes to one memory segment and reads from another is
 * several times slower, because the compiler has to check the segments again after every write.
 */
final class Widening {
    private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfShort F16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final int LANES = VectorWidth.LANES;

    private Widening() {}

    /** Widens {@code count} numbers of a row, from a column on; beyond the last column they are zeros. */
    static void widenColumns(Matrix w, int row, int col, int count, float[] to, int at) {
        int there = Math.min(count, w.cols() - col);
        widen(w, row, col, there, to, at);
        Arrays.fill(to, at + there, at + count, 0f);
    }

    /** Widens {@code count} numbers of a row, from a column on. */
    static void widen(Matrix w, int row, int col, int count, float[] to, int at) {
        long from = w.rowOffset(row) + (long) col * w.dtype().bytes();
        switch (w.dtype()) {
            case F32 -> MemorySegment.copy(w.data(), F32, from, to, at, count);
            case BF16 -> {
                int whole = count - count % LANES;
                widenBf16(w.data(), from, whole, to, at);
                for (int k = whole; k < count; k++) {
                    to[at + k] = w.get(row, col + k);
                }
            }
            case F16 -> widenF16(w.data(), from, count, to, at);
            default -> throw new AssertionError(w.dtype());
        }
    }

    /** The bits of BF16 are the upper half of a float32. */
    private static void widenBf16(MemorySegment w, long from, int count, float[] to, int at) {
        w.isNative(); // for the compiler: see PanamaKernels
        for (int k = 0; k < count; k += LANES) {
            IntVector bits = (IntVector) ShortVector
                    .fromMemorySegment(HALVES, w, from + (long) k * Short.BYTES, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            bits.lanewise(LSHL, 16).reinterpretAsFloats().intoArray(to, at + k);
        }
    }

    /** A plain loop, for which the compiler has the processor's conversion; the Vector API has none. */
    static void widenF16(MemorySegment w, long from, int count, float[] to, int at) {
        w.isNative(); // for the compiler: see PanamaKernels
        for (int k = 0; k < count; k++) {
            to[at + k] = Float.float16ToFloat(w.get(F16, from + (long) k * Short.BYTES));
        }
    }
}
