package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.VectorWidth.INTS;
import static io.github.mamba4j.kernels.VectorWidth.F16_BITS;
import static io.github.mamba4j.kernels.VectorWidth.F16_EXPONENT;
import static io.github.mamba4j.kernels.VectorWidth.F16_SCALE;
import static io.github.mamba4j.kernels.VectorWidth.F16_SPECIAL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * The product of one row of activations and a matrix, as a decoding step needs it: every weight is read once, straight
 * from where it is stored.
 *
 * <p>The outputs are cut into eight stretches, and a row of each is in flight at a time. So memory is read in eight
 * streams, each of which goes on where it left off from one row to the next: prefetchers follow them without a pause.
 * (Eight neighbouring rows would be streams that end every few kilobytes, several in one page.)
 */
final class PanamaMatvec {
    /** Rows of weights in flight. */
    static final int BATCH = PanamaFold.BATCH;
    /**
     * Groups of 16 inputs after which the next part of the lanes takes its turn, where vectors are narrower than 16
     * lanes: eight rows of them stay in the first-level cache meanwhile.
     */
    private static final int CACHED_GROUPS = 48;
    private static final int LANES = ScalarKernels.LANES;

    private PanamaMatvec() {}

    /** One row of {@link Kernels#matmul}; the arguments are checked. */
    static void multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt, Scratch scratch) {
        float[] folded = scratch.folded;
        int length = (outTo - outFrom) / BATCH;
        for (int o = outFrom; o < outFrom + length; o++) {
            sums(w, o, length, BATCH, x, xAt, scratch.sums);
            PanamaFold.fold(scratch.sums, Scratch.FIRST_SUM, BATCH, folded);
            for (int i = 0; i < BATCH; i++) {
                y[yAt + o + i * length] = folded[i];
            }
        }
        int rest = outFrom + BATCH * length;
        if (rest < outTo) {
            sums(w, rest, 1, outTo - rest, x, xAt, scratch.sums);
            PanamaFold.fold(scratch.sums, Scratch.FIRST_SUM, BATCH, folded);
            System.arraycopy(folded, 0, y, yAt + rest, outTo - rest);
        }
    }

    /**
     * The partial sums of up to eight outputs, {@code distance} rows of weights apart. Where there are fewer, the last is
     * computed again in their place.
     */
    private static void sums(Matrix w, int firstRow, int distance, int count, float[] x, int xAt, float[] sums) {
        int groups = w.cols() / LANES;
        int step = VectorWidth.PARTS == 1 ? Math.max(1, groups) : CACHED_GROUPS;
        int in = 0;
        int g = 0;
        do {
            for (int part = 0; part < VectorWidth.PARTS; part++) {
                int lane = part * VectorWidth.LANES;
                rows(w, firstRow, distance, count - 1, g * LANES + lane, x, xAt + g * LANES + lane,
                        Math.min(step, groups - g), sums, in + lane, Scratch.FIRST_SUM + lane);
            }
            in = Scratch.FIRST_SUM;
            g += step;
        } while (g < groups);
        if (w.cols() % LANES != 0) {
            tail(w, firstRow, distance, count, groups * LANES, x, xAt, sums);
        }
    }

    private static void rows(Matrix w, int firstRow, int distance, int last, int col, float[] x, int xAt, int groups,
            float[] sums,
            int in, int out) {
        long rowBytes = w.rowOffset(distance);
        long at = w.rowOffset(firstRow) + (long) col * w.dtype().bytes();
        switch (w.dtype()) {
            case F32 -> rowsF32(w.data(), at, rowBytes, last, x, xAt, groups, sums, in, sums, out);
            case BF16 -> rowsBf16(w.data(), at, rowBytes, last, x, xAt, groups, sums, in, sums, out);
            case F16 -> rowsF16(w.data(), at, rowBytes, last, x, xAt, groups, sums, in, sums, out);
            default -> throw new AssertionError(w.dtype());
        }
    }

    /** The elements after the last whole group, and the zeros that fill theirs. */
    private static void tail(Matrix w, int firstRow, int distance, int count, int firstCol, float[] x, int xAt,
            float[] sums) {
        for (int i = 0; i < count; i++) {
            for (int k = firstCol; k < firstCol + LANES; k++) {
                int at = Scratch.FIRST_SUM + i * LANES + k - firstCol;
                boolean inside = k < w.cols();
                sums[at] = Math.fma(inside ? w.get(firstRow + i * distance, k) : 0f, inside ? x[xAt + k] : 0f,
                        sums[at]);
            }
        }
    }

    /** Float32 rows as they are. */
    private static void rowsF32(MemorySegment w, long at, long rowBytes, int last, float[] x, int xAt, int groups,
            float[] in, int inAt, float[] out, int outAt) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, in, inAt + 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, in, inAt + 16);
        FloatVector a2 = FloatVector.fromArray(FLOATS, in, inAt + 32);
        FloatVector a3 = FloatVector.fromArray(FLOATS, in, inAt + 48);
        FloatVector a4 = FloatVector.fromArray(FLOATS, in, inAt + 64);
        FloatVector a5 = FloatVector.fromArray(FLOATS, in, inAt + 80);
        FloatVector a6 = FloatVector.fromArray(FLOATS, in, inAt + 96);
        FloatVector a7 = FloatVector.fromArray(FLOATS, in, inAt + 112);
        long w0 = at;
        long w1 = at + Math.min(1, last) * rowBytes;
        long w2 = at + Math.min(2, last) * rowBytes;
        long w3 = at + Math.min(3, last) * rowBytes;
        long w4 = at + Math.min(4, last) * rowBytes;
        long w5 = at + Math.min(5, last) * rowBytes;
        long w6 = at + Math.min(6, last) * rowBytes;
        long w7 = at + Math.min(7, last) * rowBytes;
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 6;
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + (g << 4));
            a0 = FloatVector.fromMemorySegment(FLOATS, w, w0 + k, LITTLE_ENDIAN).fma(v, a0);
            a1 = FloatVector.fromMemorySegment(FLOATS, w, w1 + k, LITTLE_ENDIAN).fma(v, a1);
            a2 = FloatVector.fromMemorySegment(FLOATS, w, w2 + k, LITTLE_ENDIAN).fma(v, a2);
            a3 = FloatVector.fromMemorySegment(FLOATS, w, w3 + k, LITTLE_ENDIAN).fma(v, a3);
            a4 = FloatVector.fromMemorySegment(FLOATS, w, w4 + k, LITTLE_ENDIAN).fma(v, a4);
            a5 = FloatVector.fromMemorySegment(FLOATS, w, w5 + k, LITTLE_ENDIAN).fma(v, a5);
            a6 = FloatVector.fromMemorySegment(FLOATS, w, w6 + k, LITTLE_ENDIAN).fma(v, a6);
            a7 = FloatVector.fromMemorySegment(FLOATS, w, w7 + k, LITTLE_ENDIAN).fma(v, a7);
        }
        a0.intoArray(out, outAt + 0);
        a1.intoArray(out, outAt + 16);
        a2.intoArray(out, outAt + 32);
        a3.intoArray(out, outAt + 48);
        a4.intoArray(out, outAt + 64);
        a5.intoArray(out, outAt + 80);
        a6.intoArray(out, outAt + 96);
        a7.intoArray(out, outAt + 112);
    }

    /** BF16 rows: the bits are the upper half of a float32. */
    private static void rowsBf16(MemorySegment w, long at, long rowBytes, int last, float[] x, int xAt, int groups,
            float[] in, int inAt, float[] out, int outAt) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, in, inAt + 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, in, inAt + 16);
        FloatVector a2 = FloatVector.fromArray(FLOATS, in, inAt + 32);
        FloatVector a3 = FloatVector.fromArray(FLOATS, in, inAt + 48);
        FloatVector a4 = FloatVector.fromArray(FLOATS, in, inAt + 64);
        FloatVector a5 = FloatVector.fromArray(FLOATS, in, inAt + 80);
        FloatVector a6 = FloatVector.fromArray(FLOATS, in, inAt + 96);
        FloatVector a7 = FloatVector.fromArray(FLOATS, in, inAt + 112);
        long w0 = at;
        long w1 = at + Math.min(1, last) * rowBytes;
        long w2 = at + Math.min(2, last) * rowBytes;
        long w3 = at + Math.min(3, last) * rowBytes;
        long w4 = at + Math.min(4, last) * rowBytes;
        long w5 = at + Math.min(5, last) * rowBytes;
        long w6 = at + Math.min(6, last) * rowBytes;
        long w7 = at + Math.min(7, last) * rowBytes;
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 5;
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + (g << 4));
            a0 = ShortVector.fromMemorySegment(HALVES, w, w0 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a0);
            a1 = ShortVector.fromMemorySegment(HALVES, w, w1 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a1);
            a2 = ShortVector.fromMemorySegment(HALVES, w, w2 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a2);
            a3 = ShortVector.fromMemorySegment(HALVES, w, w3 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a3);
            a4 = ShortVector.fromMemorySegment(HALVES, w, w4 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a4);
            a5 = ShortVector.fromMemorySegment(HALVES, w, w5 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a5);
            a6 = ShortVector.fromMemorySegment(HALVES, w, w6 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a6);
            a7 = ShortVector.fromMemorySegment(HALVES, w, w7 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().fma(v, a7);
        }
        a0.intoArray(out, outAt + 0);
        a1.intoArray(out, outAt + 16);
        a2.intoArray(out, outAt + 32);
        a3.intoArray(out, outAt + 48);
        a4.intoArray(out, outAt + 64);
        a5.intoArray(out, outAt + 80);
        a6.intoArray(out, outAt + 96);
        a7.intoArray(out, outAt + 112);
    }

    /** F16 rows, see {@link VectorWidth#F16_BITS}. */
    private static void rowsF16(MemorySegment w, long at, long rowBytes, int last, float[] x, int xAt, int groups,
            float[] in, int inAt, float[] out, int outAt) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, in, inAt + 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, in, inAt + 16);
        FloatVector a2 = FloatVector.fromArray(FLOATS, in, inAt + 32);
        FloatVector a3 = FloatVector.fromArray(FLOATS, in, inAt + 48);
        FloatVector a4 = FloatVector.fromArray(FLOATS, in, inAt + 64);
        FloatVector a5 = FloatVector.fromArray(FLOATS, in, inAt + 80);
        FloatVector a6 = FloatVector.fromArray(FLOATS, in, inAt + 96);
        FloatVector a7 = FloatVector.fromArray(FLOATS, in, inAt + 112);
        long w0 = at;
        long w1 = at + Math.min(1, last) * rowBytes;
        long w2 = at + Math.min(2, last) * rowBytes;
        long w3 = at + Math.min(3, last) * rowBytes;
        long w4 = at + Math.min(4, last) * rowBytes;
        long w5 = at + Math.min(5, last) * rowBytes;
        long w6 = at + Math.min(6, last) * rowBytes;
        long w7 = at + Math.min(7, last) * rowBytes;
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 5;
            FloatVector v = FloatVector.fromArray(FLOATS, x, xAt + (g << 4));
            IntVector b0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w0 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a0 = b0.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b0.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a0);
            IntVector b1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w1 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a1 = b1.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b1.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a1);
            IntVector b2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w2 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a2 = b2.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b2.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a2);
            IntVector b3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w3 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a3 = b3.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b3.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a3);
            IntVector b4 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w4 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a4 = b4.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b4.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a4);
            IntVector b5 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w5 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a5 = b5.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b5.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a5);
            IntVector b6 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w6 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a6 = b6.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b6.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a6);
            IntVector b7 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w7 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, 13).and(F16_BITS);
            a7 = b7.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b7.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats().fma(v, a7);
        }
        a0.intoArray(out, outAt + 0);
        a1.intoArray(out, outAt + 16);
        a2.intoArray(out, outAt + 32);
        a3.intoArray(out, outAt + 48);
        a4.intoArray(out, outAt + 64);
        a5.intoArray(out, outAt + 80);
        a6.intoArray(out, outAt + 96);
        a7.intoArray(out, outAt + 112);
    }
}
