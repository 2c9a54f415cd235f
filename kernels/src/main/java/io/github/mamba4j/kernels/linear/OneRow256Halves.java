package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.linear.OneRow512Halves.F16_EXPONENT;
import static io.github.mamba4j.kernels.linear.OneRow512Halves.F16_IMPLIED;
import static io.github.mamba4j.kernels.linear.OneRow512Halves.F16_SCALE;
import static io.github.mamba4j.kernels.linear.OneRow512Halves.F16_SIGN;
import static io.github.mamba4j.kernels.linear.OneRow512Halves.F16_SPECIAL;
import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.machine.Subnormals;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.DotProduct;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.math.VectorRows;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * The product of one row of activations and a matrix in BF16 or F16, where two vectors hold the 16 lanes of a sum.
 *
 * <p>A vector of 32-bit words holds a group of 16 weights, those with even numbers in the lower half of each word and those
 * with odd numbers in the upper half. They are widened where they are, by shifts and masks, so that nothing has to change
 * its place: one vector of sums has the even lanes and one the odd lanes, and the row of activations is put into that order
 * beforehand.
 *
 * <p>BF16 are the upper halves of float32. F16 are widened as {@link OneRow512Halves} does it, with activations that are
 * 2^16 times as large; or, where a processor multiplies subnormal numbers as fast as others, in fewer steps: shifted so that
 * exponent and fraction are where a float32 has them, they are float32 that are 2^112 times too small, because the exponents'
 * biases differ by that much, and activations that are 2^112 times as large make up for it. No product changes: each is exact
 * before it is rounded with the sum. Neither holds for weights that are not finite, whose exponent means something else, nor
 * for activations that become infinite; the caller has to do those in another way.
 *
 * <p>As in {@link OneRow256}, memory is read in two streams. One loop goes through several rows of each, because
 * to begin a loop takes as long as a good part of a row.
 */
final class OneRow256Halves {
    private static final int LANES = DotProduct.LANES;
    private static final int WIDTH = VectorWidth.LANES;
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, FLOATS.vectorShape());
    private static final int STREAMS = 2;
    /** Rows of each stream in one call, and the longest rows of which it is more. */
    private static final int ROWS = Fold.BATCH / STREAMS;
    private static final int SHORT_ROWS = 16;
    private static final int SHORT = 192;

    /** Where the weight with an odd number is. */
    private static final int ODD_BITS = 0xffff_0000;
    /** Sign, exponent and fraction of an F16 in the upper half of a word, after it was moved down by three bits. */
    private static final int F16_BITS = 0x8fff_e000;
    private static final int F16_DOWN = 3;
    private static final float SUBNORMAL_SCALE = 0x1p112f;
    /** The exponent of an F16 that is not finite. */
    private static final short EXPONENT_BITS = 0x7c00;

    private static final VectorMask<Float> UPPER = Fold.upper(WIDTH / 2);
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(FLOATS, i -> 2 * i % WIDTH);
    private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(FLOATS, i -> (2 * i + 1) % WIDTH);

    private OneRow256Halves() {}

    /** Whether this kernel is for the product of one row and this matrix. */
    static boolean fits(Matrix w) {
        return VectorWidth.PARTS == 2 && w.dtype() != DType.F32 && w.cols() > 0 && w.cols() <= ManyRows.MAX_COLS
                && w.cols() % LANES == 0;
    }

    /**
     * One row of {@link Linear#matmul} for what fits; the arguments are checked.
     *
     * @return whether it could be done; if not, some of the outputs may have been written
     */
    static boolean multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            VectorScratch scratch) {
        return multiply(w, outFrom, outTo, x, xAt, y, yAt, scratch, w.dtype() == DType.F16 && Subnormals.FAST);
    }

    /** The same; F16 with subnormal operands, or without. */
    static boolean multiply(Matrix w, int outFrom, int outTo, float[] x, int xAt, float[] y, int yAt,
            VectorScratch scratch,
            boolean subnormals) {
        evenThenOdd(x, xAt, w.cols(), scratch.stage);
        float scale = subnormals ? SUBNORMAL_SCALE : F16_SCALE;
        if (w.dtype() == DType.F16 && !VectorRows.scaleFinite(scratch.stage, 0, scale, scratch.stage, w.cols())) {
            return false;
        }
        int most = w.cols() <= SHORT ? SHORT_ROWS : ROWS;
        // If their number is odd, the streams share the row in the middle.
        int length = (outTo - outFrom + 1) / STREAMS;
        int other = outTo - length;
        for (int o = 0; o < length; o += most) {
            int rows = Math.min(most, length - o);
            long at = w.rowOffset(outFrom + o);
            long otherAt = w.rowOffset(other + o);
            if (w.dtype() == DType.BF16) {
                sumsBf16(w.data(), at, otherAt, scratch.stage, w.cols(), rows, scratch.sums);
            } else if (!(subnormals
                    ? sumsOfSubnormals(w.data(), at, otherAt, scratch.stage, w.cols(), rows, scratch.sums)
                    : sumsF16(w.data(), at, otherAt, scratch.stage, w.cols(), rows, scratch.sums))) {
                return false;
            }
            fold(rows, y, yAt + outFrom + o, yAt + other + o, scratch);
        }
        return true;
    }

    /** Each group of 16 activations in the order of the sums' lanes. */
    private static void evenThenOdd(float[] x, int xAt, int cols, float[] to) {
        for (int k = 0; k < cols; k += LANES) {
            FloatVector a = FloatVector.fromArray(FLOATS, x, xAt + k);
            FloatVector b = FloatVector.fromArray(FLOATS, x, xAt + k + WIDTH);
            a.rearrange(EVEN).blend(b.rearrange(EVEN), UPPER).intoArray(to, k);
            a.rearrange(ODD).blend(b.rearrange(ODD), UPPER).intoArray(to, k + WIDTH);
        }
    }

    private static void fold(int rows, float[] y, int at, int other, VectorScratch scratch) {
        for (int r = 0; r < rows; r += ROWS) {
            Fold.foldEvenAndOdd(scratch.sums, VectorScratch.FIRST_SUM + r * STREAMS * LANES, scratch.folded);
            for (int i = 0; i < Math.min(ROWS, rows - r); i++) {
                y[at + r + i] = scratch.folded[STREAMS * i];
                y[other + r + i] = scratch.folded[STREAMS * i + 1];
            }
        }
    }

    /** The partial sums of several rows that follow each other in two places. */
    private static void sumsBf16(MemorySegment w, long at, long other, float[] x, int cols, int rows, float[] sums) {
        w.isNative(); // for the compiler: see PanamaKernels
        // One for all: a zero for each beginning of a row, and the compiler does not unroll the loop.
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector even0 = zero;
        FloatVector odd0 = zero;
        FloatVector even1 = zero;
        FloatVector odd1 = zero;
        int out = VectorScratch.FIRST_SUM;
        int i = 0;
        for (int g = 0; g < rows * cols / LANES; g++) {
            long k = (long) g << 5;
            FloatVector even = FloatVector.fromArray(FLOATS, x, i);
            FloatVector odd = FloatVector.fromArray(FLOATS, x, i + WIDTH);
            IntVector words0 = IntVector.fromMemorySegment(INTS, w, at + k, LITTLE_ENDIAN);
            IntVector words1 = IntVector.fromMemorySegment(INTS, w, other + k, LITTLE_ENDIAN);
            even0 = words0.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, even0);
            odd0 = words0.and(ODD_BITS).reinterpretAsFloats().fma(odd, odd0);
            even1 = words1.lanewise(LSHL, 16).reinterpretAsFloats().fma(even, even1);
            odd1 = words1.and(ODD_BITS).reinterpretAsFloats().fma(odd, odd1);
            i += LANES;
            if (i == cols) {
                even0.intoArray(sums, out);
                odd0.intoArray(sums, out + WIDTH);
                even1.intoArray(sums, out + LANES);
                odd1.intoArray(sums, out + LANES + WIDTH);
                even0 = zero;
                odd0 = zero;
                even1 = zero;
                odd1 = zero;
                out += STREAMS * LANES;
                i = 0;
            }
        }
    }

    /** The same for F16 by way of subnormal numbers; whether all weights are finite. */
    private static boolean sumsOfSubnormals(MemorySegment w, long at, long other, float[] x, int cols, int rows,
            float[] sums) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector even0 = zero;
        FloatVector odd0 = zero;
        FloatVector even1 = zero;
        FloatVector odd1 = zero;
        ShortVector most = ShortVector.zero(SHORTS);
        int out = VectorScratch.FIRST_SUM;
        int i = 0;
        for (int g = 0; g < rows * cols / LANES; g++) {
            long k = (long) g << 5;
            FloatVector even = FloatVector.fromArray(FLOATS, x, i);
            FloatVector odd = FloatVector.fromArray(FLOATS, x, i + WIDTH);
            IntVector words0 = IntVector.fromMemorySegment(INTS, w, at + k, LITTLE_ENDIAN);
            IntVector words1 = IntVector.fromMemorySegment(INTS, w, other + k, LITTLE_ENDIAN);
            most = words0.reinterpretAsShorts().and(EXPONENT_BITS)
                    .max(words1.reinterpretAsShorts().and(EXPONENT_BITS)).max(most);
            even0 = words0.lanewise(LSHL, 16).lanewise(ASHR, F16_DOWN).and(F16_BITS).reinterpretAsFloats().fma(even,
                    even0);
            odd0 = words0.lanewise(ASHR, F16_DOWN).and(F16_BITS).reinterpretAsFloats().fma(odd, odd0);
            even1 = words1.lanewise(LSHL, 16).lanewise(ASHR, F16_DOWN).and(F16_BITS).reinterpretAsFloats().fma(even,
                    even1);
            odd1 = words1.lanewise(ASHR, F16_DOWN).and(F16_BITS).reinterpretAsFloats().fma(odd, odd1);
            i += LANES;
            if (i == cols) {
                even0.intoArray(sums, out);
                odd0.intoArray(sums, out + WIDTH);
                even1.intoArray(sums, out + LANES);
                odd1.intoArray(sums, out + LANES + WIDTH);
                even0 = zero;
                odd0 = zero;
                even1 = zero;
                odd1 = zero;
                out += STREAMS * LANES;
                i = 0;
            }
        }
        return most.reduceLanes(MAX) != EXPONENT_BITS;
    }

    /**
     * The same without subnormal numbers, see {@link OneRow512Halves#F16_SCALE}. The sign, moved down, needs no mask: the
     * exponent that is put in has a bit in its place.
     */
    private static boolean sumsF16(MemorySegment w, long at, long other, float[] x, int cols, int rows, float[] sums) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector zero = FloatVector.zero(FLOATS);
        FloatVector two = FloatVector.broadcast(FLOATS, 2f);
        FloatVector implied = FloatVector.broadcast(FLOATS, -F16_IMPLIED);
        FloatVector even0 = zero;
        FloatVector odd0 = zero;
        FloatVector even1 = zero;
        FloatVector odd1 = zero;
        IntVector seen = IntVector.zero(INTS);
        int out = VectorScratch.FIRST_SUM;
        int i = 0;
        for (int g = 0; g < rows * cols / LANES; g++) {
            long k = (long) g << 5;
            FloatVector even = FloatVector.fromArray(FLOATS, x, i);
            FloatVector odd = FloatVector.fromArray(FLOATS, x, i + WIDTH);
            IntVector words0 = IntVector.fromMemorySegment(INTS, w, at + k, LITTLE_ENDIAN);
            IntVector words1 = IntVector.fromMemorySegment(INTS, w, other + k, LITTLE_ENDIAN);
            IntVector e0 = words0.lanewise(LSHL, 16);
            IntVector en0 = e0.lanewise(LSHR, F16_DOWN).or(F16_EXPONENT);
            IntVector et0 = en0.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            even0 = en0.min(et0).or(e0.and(F16_SIGN)).reinterpretAsFloats().fma(even, even0);
            IntVector on0 = words0.and(ODD_BITS).lanewise(LSHR, F16_DOWN).or(F16_EXPONENT);
            IntVector ot0 = on0.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            odd0 = on0.min(ot0).or(words0.and(F16_SIGN)).reinterpretAsFloats().fma(odd, odd0);
            seen = et0.or(ot0).or(seen);
            IntVector e1 = words1.lanewise(LSHL, 16);
            IntVector en1 = e1.lanewise(LSHR, F16_DOWN).or(F16_EXPONENT);
            IntVector et1 = en1.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            even1 = en1.min(et1).or(e1.and(F16_SIGN)).reinterpretAsFloats().fma(even, even1);
            IntVector on1 = words1.and(ODD_BITS).lanewise(LSHR, F16_DOWN).or(F16_EXPONENT);
            IntVector ot1 = on1.reinterpretAsFloats().fma(two, implied).reinterpretAsInts();
            odd1 = on1.min(ot1).or(words1.and(F16_SIGN)).reinterpretAsFloats().fma(odd, odd1);
            seen = et1.or(ot1).or(seen);
            i += LANES;
            if (i == cols) {
                even0.intoArray(sums, out);
                odd0.intoArray(sums, out + WIDTH);
                even1.intoArray(sums, out + LANES);
                odd1.intoArray(sums, out + LANES + WIDTH);
                even0 = zero;
                odd0 = zero;
                even1 = zero;
                odd1 = zero;
                out += STREAMS * LANES;
                i = 0;
            }
        }
        return seen.reduceLanes(MAX) < F16_SPECIAL;
    }
}
