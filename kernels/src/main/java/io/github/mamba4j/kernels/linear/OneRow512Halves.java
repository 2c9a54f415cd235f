package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.S2I;

import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.Rows;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * The innermost loops of {@link OneRow512} for 16-bit numbers: each of the eight streams of weights goes through several
 * rows.
 *
 * <p>They are one loop over all of the rows, because it takes several hundred instructions to check the ranges of eight
 * streams before a loop, and meanwhile memory stands still. Rows of 32-bit numbers last longer than that: for them a loop
 * for one row is as fast.
 */
final class OneRow512Halves {
    /** Rows of each stream in one call. */
    static final int ROWS = 8;
    private static final int BATCH = OneRow512.BATCH;
    private static final int LANES = DotProduct.LANES;

    /*
     * Widening F16: the bits, sign-extended to 32 and moved up by 13, have exponent and fraction where a float32 has them.
     * With 96 put in front of its five bits the exponent is 16 too small, and activations that are 2^16 times as large make
     * up for it: each product is exact before it is rounded with the sum, so that none changes. Subnormal numbers have no
     * leading one and the exponent of the smallest normal number; they come out as n and have to be t = 2 n - 2^-30. For them
     * t is less than n, for the others not less, and for both the result is the lesser of the two, compared as integers.
     * Infinity and NaN come out wrong: for them t is 2 or more, for all others less, which shows in one bit.
     * (With 2^112 instead of 2^16 subnormal numbers would need nothing, but they stall many processors as operands.)
     */
    /** What activations are multiplied by before {@link #rowsF16} reads them. */
    static final float F16_SCALE = 0x1p16f;
    private static final int F16_SHIFT = 13;
    static final int F16_SIGN = 0x8000_0000;
    private static final int F16_MAGNITUDE = 0x0fff_e000;
    static final int F16_EXPONENT = 96 << 23;
    /** The leading one that subnormal numbers do not have. */
    static final float F16_IMPLIED = 0x1p-30f;
    /** The bits of 2. */
    static final int F16_SPECIAL = 0x4000_0000;

    private OneRow512Halves() {}

    /** BF16 rows: the bits are the upper half of a float32. */
    static void rowsBf16(MemorySegment w, long at, long stretch, int last, float[] x, int xAt, int groups,
            int rows, float[] sums, int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
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
            IntVector b0 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w0 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a0 = b0.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a0);
            IntVector b1 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w1 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a1 = b1.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a1);
            IntVector b2 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w2 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a2 = b2.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a2);
            IntVector b3 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w3 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a3 = b3.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a3);
            IntVector b4 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w4 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a4 = b4.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a4);
            IntVector b5 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w5 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a5 = b5.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a5);
            IntVector b6 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w6 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a6 = b6.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a6);
            IntVector b7 = (IntVector) ShortVector.fromMemorySegment(HALVES, w, w7 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0);
            a7 = b7.lanewise(LSHL, 16).reinterpretAsFloats().fma(v, a7);
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

    /**
     * F16 rows, see above.
     *
     * @param x the activations, multiplied by {@link #F16_SCALE}
     * @return whether all weights are finite; if not, the sums are wrong
     */
    static boolean rowsF16(MemorySegment w, long at, long stretch, int last, float[] x, int xAt, int groups,
            int rows, float[] sums, int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
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
        IntVector seen = IntVector.zero(INTS);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector implied = FloatVector.broadcast(FLOATS, -F16_IMPLIED);
        for (int g = 0; g < rows * groups; g++) {
            long k = (long) g << 5;
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            IntVector b0 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w0 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n0 = b0.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t0 = n0.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a0 = n0.min(t0).or(b0.and(F16_SIGN)).reinterpretAsFloats().fma(v, a0);
            IntVector b1 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w1 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n1 = b1.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t1 = n1.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a1 = n1.min(t1).or(b1.and(F16_SIGN)).reinterpretAsFloats().fma(v, a1);
            seen = t0.or(t1).or(seen);
            IntVector b2 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w2 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n2 = b2.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t2 = n2.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a2 = n2.min(t2).or(b2.and(F16_SIGN)).reinterpretAsFloats().fma(v, a2);
            IntVector b3 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w3 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n3 = b3.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t3 = n3.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a3 = n3.min(t3).or(b3.and(F16_SIGN)).reinterpretAsFloats().fma(v, a3);
            seen = t2.or(t3).or(seen);
            IntVector b4 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w4 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n4 = b4.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t4 = n4.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a4 = n4.min(t4).or(b4.and(F16_SIGN)).reinterpretAsFloats().fma(v, a4);
            IntVector b5 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w5 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n5 = b5.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t5 = n5.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a5 = n5.min(t5).or(b5.and(F16_SIGN)).reinterpretAsFloats().fma(v, a5);
            seen = t4.or(t5).or(seen);
            IntVector b6 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w6 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n6 = b6.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t6 = n6.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a6 = n6.min(t6).or(b6.and(F16_SIGN)).reinterpretAsFloats().fma(v, a6);
            IntVector b7 = ((IntVector) ShortVector.fromMemorySegment(HALVES, w, w7 + k, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0)).lanewise(LSHL, F16_SHIFT);
            IntVector n7 = b7.and(F16_MAGNITUDE).or(F16_EXPONENT);
            IntVector t7 = n7.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            a7 = n7.min(t7).or(b7.and(F16_SIGN)).reinterpretAsFloats().fma(v, a7);
            seen = t6.or(t7).or(seen);
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
        return seen.reduceLanes(MAX) < F16_SPECIAL;
    }
}
