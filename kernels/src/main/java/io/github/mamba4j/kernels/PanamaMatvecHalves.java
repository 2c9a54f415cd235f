package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.VectorWidth.INTS;
import static io.github.mamba4j.kernels.VectorWidth.F16_BIAS;
import static io.github.mamba4j.kernels.VectorWidth.F16_IMPLIED;
import static io.github.mamba4j.kernels.VectorWidth.F16_MAGNITUDE;
import static io.github.mamba4j.kernels.VectorWidth.F16_NORMAL;
import static io.github.mamba4j.kernels.VectorWidth.F16_SHIFT;
import static io.github.mamba4j.kernels.VectorWidth.F16_SIGN;
import static io.github.mamba4j.kernels.VectorWidth.F16_SPECIAL;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;

/**
 * The innermost loops of {@link PanamaMatvec} for 16-bit numbers: each of the eight streams of weights goes through several
 * rows.
 *
 * <p>They are one loop over all of the rows, because it takes several hundred instructions to check the ranges of eight
 * streams before a loop, and meanwhile memory stands still. Rows of 32-bit numbers last longer than that: for them a loop
 * for one row is as fast.
 */
final class PanamaMatvecHalves {
    /** Rows of each stream in one call. */
    static final int ROWS = 8;
    private static final int BATCH = PanamaMatvec.BATCH;
    private static final int LANES = ScalarKernels.LANES;

    private PanamaMatvecHalves() {}

    /** BF16 rows: the bits are the upper half of a float32. */
    static void rowsBf16(MemorySegment w, long at, long stretch, int last, float[] x, int xAt, int groups,
            int rows, float[] sums, int in, int out) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, in + 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, in + 16);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, in + 32);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, in + 48);
        FloatVector a4 = FloatVector.fromArray(FLOATS, sums, in + 64);
        FloatVector a5 = FloatVector.fromArray(FLOATS, sums, in + 80);
        FloatVector a6 = FloatVector.fromArray(FLOATS, sums, in + 96);
        FloatVector a7 = FloatVector.fromArray(FLOATS, sums, in + 112);
        long w0 = at;
        long w1 = at + Math.min(1, last) * stretch;
        long w2 = at + Math.min(2, last) * stretch;
        long w3 = at + Math.min(3, last) * stretch;
        long w4 = at + Math.min(4, last) * stretch;
        long w5 = at + Math.min(5, last) * stretch;
        long w6 = at + Math.min(6, last) * stretch;
        long w7 = at + Math.min(7, last) * stretch;
        int end = xAt + groups * LANES;
        int i = xAt;
        int to = out;
        for (int g = 0; g < rows * groups; g++) {
            long k = (long) g << 5;
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
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
            i += LANES;
            if (i == end) {
                a0.intoArray(sums, to + 0);
                a1.intoArray(sums, to + 16);
                a2.intoArray(sums, to + 32);
                a3.intoArray(sums, to + 48);
                a4.intoArray(sums, to + 64);
                a5.intoArray(sums, to + 80);
                a6.intoArray(sums, to + 96);
                a7.intoArray(sums, to + 112);
                a0 = FloatVector.zero(FLOATS);
                a1 = FloatVector.zero(FLOATS);
                a2 = FloatVector.zero(FLOATS);
                a3 = FloatVector.zero(FLOATS);
                a4 = FloatVector.zero(FLOATS);
                a5 = FloatVector.zero(FLOATS);
                a6 = FloatVector.zero(FLOATS);
                a7 = FloatVector.zero(FLOATS);
                to += BATCH * LANES;
                i = xAt;
            }
        }
    }

    /** F16 rows, see {@link VectorWidth#F16_BIAS}. */
    static void rowsF16(MemorySegment w, long at, long stretch, int last, float[] x, int xAt, int groups,
            int rows, float[] sums, int in, int out) {
        FloatVector a0 = FloatVector.fromArray(FLOATS, sums, in + 0);
        FloatVector a1 = FloatVector.fromArray(FLOATS, sums, in + 16);
        FloatVector a2 = FloatVector.fromArray(FLOATS, sums, in + 32);
        FloatVector a3 = FloatVector.fromArray(FLOATS, sums, in + 48);
        FloatVector a4 = FloatVector.fromArray(FLOATS, sums, in + 64);
        FloatVector a5 = FloatVector.fromArray(FLOATS, sums, in + 80);
        FloatVector a6 = FloatVector.fromArray(FLOATS, sums, in + 96);
        FloatVector a7 = FloatVector.fromArray(FLOATS, sums, in + 112);
        long w0 = at;
        long w1 = at + Math.min(1, last) * stretch;
        long w2 = at + Math.min(2, last) * stretch;
        long w3 = at + Math.min(3, last) * stretch;
        long w4 = at + Math.min(4, last) * stretch;
        long w5 = at + Math.min(5, last) * stretch;
        long w6 = at + Math.min(6, last) * stretch;
        long w7 = at + Math.min(7, last) * stretch;
        int end = xAt + groups * LANES;
        int i = xAt;
        int to = out;
        for (int g = 0; g < rows * groups; g++) {
            long k = (long) g << 5;
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            IntVector b0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w0 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m0 = b0.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny0 = m0.lt(F16_NORMAL);
            a0 = m0.add(F16_BIAS).add(F16_BIAS, m0.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny0)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny0.cast(FLOATS)).reinterpretAsInts()
                    .or(b0.and(F16_SIGN)).reinterpretAsFloats().fma(v, a0);
            IntVector b1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w1 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m1 = b1.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny1 = m1.lt(F16_NORMAL);
            a1 = m1.add(F16_BIAS).add(F16_BIAS, m1.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny1)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny1.cast(FLOATS)).reinterpretAsInts()
                    .or(b1.and(F16_SIGN)).reinterpretAsFloats().fma(v, a1);
            IntVector b2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w2 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m2 = b2.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny2 = m2.lt(F16_NORMAL);
            a2 = m2.add(F16_BIAS).add(F16_BIAS, m2.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny2)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny2.cast(FLOATS)).reinterpretAsInts()
                    .or(b2.and(F16_SIGN)).reinterpretAsFloats().fma(v, a2);
            IntVector b3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w3 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m3 = b3.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny3 = m3.lt(F16_NORMAL);
            a3 = m3.add(F16_BIAS).add(F16_BIAS, m3.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny3)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny3.cast(FLOATS)).reinterpretAsInts()
                    .or(b3.and(F16_SIGN)).reinterpretAsFloats().fma(v, a3);
            IntVector b4 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w4 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m4 = b4.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny4 = m4.lt(F16_NORMAL);
            a4 = m4.add(F16_BIAS).add(F16_BIAS, m4.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny4)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny4.cast(FLOATS)).reinterpretAsInts()
                    .or(b4.and(F16_SIGN)).reinterpretAsFloats().fma(v, a4);
            IntVector b5 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w5 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m5 = b5.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny5 = m5.lt(F16_NORMAL);
            a5 = m5.add(F16_BIAS).add(F16_BIAS, m5.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny5)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny5.cast(FLOATS)).reinterpretAsInts()
                    .or(b5.and(F16_SIGN)).reinterpretAsFloats().fma(v, a5);
            IntVector b6 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w6 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m6 = b6.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny6 = m6.lt(F16_NORMAL);
            a6 = m6.add(F16_BIAS).add(F16_BIAS, m6.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny6)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny6.cast(FLOATS)).reinterpretAsInts()
                    .or(b6.and(F16_SIGN)).reinterpretAsFloats().fma(v, a6);
            IntVector b7 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w7 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector m7 = b7.and(F16_MAGNITUDE);
            VectorMask<Integer> tiny7 = m7.lt(F16_NORMAL);
            a7 = m7.add(F16_BIAS).add(F16_BIAS, m7.compare(GE, F16_SPECIAL)).add(F16_NORMAL, tiny7)
                    .reinterpretAsFloats().sub(F16_IMPLIED, tiny7.cast(FLOATS)).reinterpretAsInts()
                    .or(b7.and(F16_SIGN)).reinterpretAsFloats().fma(v, a7);
            i += LANES;
            if (i == end) {
                a0.intoArray(sums, to + 0);
                a1.intoArray(sums, to + 16);
                a2.intoArray(sums, to + 32);
                a3.intoArray(sums, to + 48);
                a4.intoArray(sums, to + 64);
                a5.intoArray(sums, to + 80);
                a6.intoArray(sums, to + 96);
                a7.intoArray(sums, to + 112);
                a0 = FloatVector.zero(FLOATS);
                a1 = FloatVector.zero(FLOATS);
                a2 = FloatVector.zero(FLOATS);
                a3 = FloatVector.zero(FLOATS);
                a4 = FloatVector.zero(FLOATS);
                a5 = FloatVector.zero(FLOATS);
                a6 = FloatVector.zero(FLOATS);
                a7 = FloatVector.zero(FLOATS);
                to += BATCH * LANES;
                i = xAt;
            }
        }
    }
}
