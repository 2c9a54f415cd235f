package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import io.github.mamba4j.kernels.machine.VectorWidth;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;

/**
 * {@link FewRows}' tiles for processors with 16 vector registers: 2 rows by 3 outputs, two vectors side by side of each.
 * Those are 12 sums, three weights and an element; and all lanes of a sum, if vectors have 256 bits, so that whole cache
 * lines are read, as in {@link OneRow256}.
 */
final class FewRowsTile {
    static final int ROWS = 2;
    static final int OUTS = 3;
    private static final int WIDTH = VectorWidth.LANES;
    private static final long NEXT_FLOATS = WIDTH * Float.BYTES;
    private static final long NEXT_HALVES = WIDTH * Short.BYTES;

    private FewRowsTile() {}

    /** Weights that are float32, or widened. */
    static void multiplyF32(float[] x, int x0, int x1, MemorySegment w, long w0, long w1, long w2, int groups,
            float[] sums, int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector a00 = FloatVector.fromArray(FLOATS, sums, in);
        FloatVector b00 = FloatVector.fromArray(FLOATS, sums, in + WIDTH);
        FloatVector a01 = FloatVector.fromArray(FLOATS, sums, in + 16);
        FloatVector b01 = FloatVector.fromArray(FLOATS, sums, in + 16 + WIDTH);
        FloatVector a02 = FloatVector.fromArray(FLOATS, sums, in + 32);
        FloatVector b02 = FloatVector.fromArray(FLOATS, sums, in + 32 + WIDTH);
        FloatVector a10 = FloatVector.fromArray(FLOATS, sums, in + 48);
        FloatVector b10 = FloatVector.fromArray(FLOATS, sums, in + 48 + WIDTH);
        FloatVector a11 = FloatVector.fromArray(FLOATS, sums, in + 64);
        FloatVector b11 = FloatVector.fromArray(FLOATS, sums, in + 64 + WIDTH);
        FloatVector a12 = FloatVector.fromArray(FLOATS, sums, in + 80);
        FloatVector b12 = FloatVector.fromArray(FLOATS, sums, in + 80 + WIDTH);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 6;
            int i = g << 4;
            FloatVector wa0 = FloatVector.fromMemorySegment(FLOATS, w, w0 + k, LITTLE_ENDIAN);
            FloatVector wa1 = FloatVector.fromMemorySegment(FLOATS, w, w1 + k, LITTLE_ENDIAN);
            FloatVector wa2 = FloatVector.fromMemorySegment(FLOATS, w, w2 + k, LITTLE_ENDIAN);
            FloatVector xa0 = FloatVector.fromArray(FLOATS, x, x0 + i);
            a00 = wa0.fma(xa0, a00);
            a01 = wa1.fma(xa0, a01);
            a02 = wa2.fma(xa0, a02);
            FloatVector xa1 = FloatVector.fromArray(FLOATS, x, x1 + i);
            a10 = wa0.fma(xa1, a10);
            a11 = wa1.fma(xa1, a11);
            a12 = wa2.fma(xa1, a12);
            FloatVector wb0 = FloatVector.fromMemorySegment(FLOATS, w, w0 + k + NEXT_FLOATS, LITTLE_ENDIAN);
            FloatVector wb1 = FloatVector.fromMemorySegment(FLOATS, w, w1 + k + NEXT_FLOATS, LITTLE_ENDIAN);
            FloatVector wb2 = FloatVector.fromMemorySegment(FLOATS, w, w2 + k + NEXT_FLOATS, LITTLE_ENDIAN);
            FloatVector xb0 = FloatVector.fromArray(FLOATS, x, x0 + i + WIDTH);
            b00 = wb0.fma(xb0, b00);
            b01 = wb1.fma(xb0, b01);
            b02 = wb2.fma(xb0, b02);
            FloatVector xb1 = FloatVector.fromArray(FLOATS, x, x1 + i + WIDTH);
            b10 = wb0.fma(xb1, b10);
            b11 = wb1.fma(xb1, b11);
            b12 = wb2.fma(xb1, b12);
        }
        a00.intoArray(sums, out);
        b00.intoArray(sums, out + WIDTH);
        a01.intoArray(sums, out + 16);
        b01.intoArray(sums, out + 16 + WIDTH);
        a02.intoArray(sums, out + 32);
        b02.intoArray(sums, out + 32 + WIDTH);
        a10.intoArray(sums, out + 48);
        b10.intoArray(sums, out + 48 + WIDTH);
        a11.intoArray(sums, out + 64);
        b11.intoArray(sums, out + 64 + WIDTH);
        a12.intoArray(sums, out + 80);
        b12.intoArray(sums, out + 80 + WIDTH);
    }

    /**
     * BF16 weights, whose bits are the upper half of a float32. What the conversion gives is reinterpreted, although a cast
     * would do: with a cast, what C2 makes of this loop takes twice the time.
     */
    static void multiplyBf16(float[] x, int x0, int x1, MemorySegment w, long w0, long w1, long w2, int groups,
            float[] sums, int in, int out) {
        w.isNative(); // for the compiler: see PanamaKernels
        FloatVector a00 = FloatVector.fromArray(FLOATS, sums, in);
        FloatVector b00 = FloatVector.fromArray(FLOATS, sums, in + WIDTH);
        FloatVector a01 = FloatVector.fromArray(FLOATS, sums, in + 16);
        FloatVector b01 = FloatVector.fromArray(FLOATS, sums, in + 16 + WIDTH);
        FloatVector a02 = FloatVector.fromArray(FLOATS, sums, in + 32);
        FloatVector b02 = FloatVector.fromArray(FLOATS, sums, in + 32 + WIDTH);
        FloatVector a10 = FloatVector.fromArray(FLOATS, sums, in + 48);
        FloatVector b10 = FloatVector.fromArray(FLOATS, sums, in + 48 + WIDTH);
        FloatVector a11 = FloatVector.fromArray(FLOATS, sums, in + 64);
        FloatVector b11 = FloatVector.fromArray(FLOATS, sums, in + 64 + WIDTH);
        FloatVector a12 = FloatVector.fromArray(FLOATS, sums, in + 80);
        FloatVector b12 = FloatVector.fromArray(FLOATS, sums, in + 80 + WIDTH);
        for (int g = 0; g < groups; g++) {
            long k = (long) g << 5;
            int i = g << 4;
            FloatVector wa0 = ShortVector.fromMemorySegment(HALVES, w, w0 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats();
            FloatVector wa1 = ShortVector.fromMemorySegment(HALVES, w, w1 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats();
            FloatVector wa2 = ShortVector.fromMemorySegment(HALVES, w, w2 + k, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats();
            FloatVector xa0 = FloatVector.fromArray(FLOATS, x, x0 + i);
            a00 = wa0.fma(xa0, a00);
            a01 = wa1.fma(xa0, a01);
            a02 = wa2.fma(xa0, a02);
            FloatVector xa1 = FloatVector.fromArray(FLOATS, x, x1 + i);
            a10 = wa0.fma(xa1, a10);
            a11 = wa1.fma(xa1, a11);
            a12 = wa2.fma(xa1, a12);
            FloatVector wb0 = ShortVector.fromMemorySegment(HALVES, w, w0 + k + NEXT_HALVES, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats();
            FloatVector wb1 = ShortVector.fromMemorySegment(HALVES, w, w1 + k + NEXT_HALVES, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats();
            FloatVector wb2 = ShortVector.fromMemorySegment(HALVES, w, w2 + k + NEXT_HALVES, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats();
            FloatVector xb0 = FloatVector.fromArray(FLOATS, x, x0 + i + WIDTH);
            b00 = wb0.fma(xb0, b00);
            b01 = wb1.fma(xb0, b01);
            b02 = wb2.fma(xb0, b02);
            FloatVector xb1 = FloatVector.fromArray(FLOATS, x, x1 + i + WIDTH);
            b10 = wb0.fma(xb1, b10);
            b11 = wb1.fma(xb1, b11);
            b12 = wb2.fma(xb1, b12);
        }
        a00.intoArray(sums, out);
        b00.intoArray(sums, out + WIDTH);
        a01.intoArray(sums, out + 16);
        b01.intoArray(sums, out + 16 + WIDTH);
        a02.intoArray(sums, out + 32);
        b02.intoArray(sums, out + 32 + WIDTH);
        a10.intoArray(sums, out + 48);
        b10.intoArray(sums, out + 48 + WIDTH);
        a11.intoArray(sums, out + 64);
        b11.intoArray(sums, out + 64 + WIDTH);
        a12.intoArray(sums, out + 80);
        b12.intoArray(sums, out + 80 + WIDTH);
    }
}
