package io.github.mamba4j.kernels.machine;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The loops of {@link MachineLimits} where there are no vectors. */
final class ScalarLimits {
    private ScalarLimits() {}

    /** See {@link VectorLimits#multiplyAdd}. */
    static double multiplyAdd(int rounds) {
        float a = 0;
        float b = 1;
        float c = 2;
        float d = 3;
        float e = 4;
        float f = 5;
        float g = 6;
        float h = 7;
        float i = 8;
        float j = 9;
        float k = 10;
        float l = 11;
        for (int round = 0; round < rounds; round++) {
            a = Math.fma(0.5f, 0.25f, a);
            b = Math.fma(0.5f, 0.25f, b);
            c = Math.fma(0.5f, 0.25f, c);
            d = Math.fma(0.5f, 0.25f, d);
            e = Math.fma(0.5f, 0.25f, e);
            f = Math.fma(0.5f, 0.25f, f);
            g = Math.fma(0.5f, 0.25f, g);
            h = Math.fma(0.5f, 0.25f, h);
            i = Math.fma(0.5f, 0.25f, i);
            j = Math.fma(0.5f, 0.25f, j);
            k = Math.fma(0.5f, 0.25f, k);
            l = Math.fma(0.5f, 0.25f, l);
        }
        return a + b + c + d + e + f + g + h + i + j + k + l;
    }

    /** See {@link VectorLimits#read}; a load is of eight bytes. */
    static long read(MemorySegment data, long at, int spacing, int advance, int rounds) {
        long sum = 0;
        for (int round = 0; round < rounds; round++) {
            long from = at + (long) round * advance;
            for (int stream = 0; stream < MachineLimits.STREAMS; stream++) {
                sum += data.get(ValueLayout.JAVA_LONG_UNALIGNED, from + (long) stream * spacing);
            }
        }
        return sum;
    }
}
