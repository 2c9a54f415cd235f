package io.github.mamba4j.kernels.machine;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** The vector loops of {@link MachineLimits}. */
final class VectorLimits {
    static final int LANES = VectorWidth.LANES;
    static final int VECTOR_BYTES = LANES * Float.BYTES;

    private VectorLimits() {}

    /**
     * Runs {@code rounds} multiply-adds, an even number, in every chain, each of which adds to a sum, as in a product. (To
     * multiply the sum instead would take an instruction more, which copies what is added.) No sum gets further than 2^22.
     *
     * <p>The loop takes two at a time so that the method is too long to be compiled into its caller. Otherwise that would
     * happen after some seconds of measuring, and the loop is a third slower there.
     */
    static double multiplyAdd(int rounds) {
        FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
        FloatVector quarter = FloatVector.broadcast(FLOATS, 0.25f);
        FloatVector a = FloatVector.broadcast(FLOATS, 0f);
        FloatVector b = FloatVector.broadcast(FLOATS, 1f);
        FloatVector c = FloatVector.broadcast(FLOATS, 2f);
        FloatVector d = FloatVector.broadcast(FLOATS, 3f);
        FloatVector e = FloatVector.broadcast(FLOATS, 4f);
        FloatVector f = FloatVector.broadcast(FLOATS, 5f);
        FloatVector g = FloatVector.broadcast(FLOATS, 6f);
        FloatVector h = FloatVector.broadcast(FLOATS, 7f);
        FloatVector i = FloatVector.broadcast(FLOATS, 8f);
        FloatVector j = FloatVector.broadcast(FLOATS, 9f);
        FloatVector k = FloatVector.broadcast(FLOATS, 10f);
        FloatVector l = FloatVector.broadcast(FLOATS, 11f);
        for (int round = 0; round < rounds; round += 2) {
            a = half.fma(quarter, a);
            b = half.fma(quarter, b);
            c = half.fma(quarter, c);
            d = half.fma(quarter, d);
            e = half.fma(quarter, e);
            f = half.fma(quarter, f);
            g = half.fma(quarter, g);
            h = half.fma(quarter, h);
            i = half.fma(quarter, i);
            j = half.fma(quarter, j);
            k = half.fma(quarter, k);
            l = half.fma(quarter, l);
            a = half.fma(quarter, a);
            b = half.fma(quarter, b);
            c = half.fma(quarter, c);
            d = half.fma(quarter, d);
            e = half.fma(quarter, e);
            f = half.fma(quarter, f);
            g = half.fma(quarter, g);
            h = half.fma(quarter, h);
            i = half.fma(quarter, i);
            j = half.fma(quarter, j);
            k = half.fma(quarter, k);
            l = half.fma(quarter, l);
        }
        return a.add(b).add(c).add(d.add(e).add(f)).add(g.add(h).add(i)).add(j.add(k).add(l)).lane(0);
    }

    /**
     * Adds up vectors of integers, which no bit pattern slows down: in every round one of each stream.
     *
     * @param data what to read
     * @param at where the first stream begins, in bytes
     * @param spacing bytes from one stream to the next
     * @param advance bytes from one round to the next
     * @param rounds vectors of each stream
     */
    static long read(MemorySegment data, long at, int spacing, int advance, int rounds) {
        data.isNative(); // for the compiler: see PanamaKernels
        IntVector a = IntVector.zero(INTS);
        IntVector b = a;
        IntVector c = a;
        IntVector d = a;
        IntVector e = a;
        IntVector f = a;
        IntVector g = a;
        IntVector h = a;
        for (int round = 0; round < rounds; round++) {
            long from = at + (long) round * advance;
            a = IntVector.fromMemorySegment(INTS, data, from, LITTLE_ENDIAN).add(a);
            b = IntVector.fromMemorySegment(INTS, data, from + spacing, LITTLE_ENDIAN).add(b);
            c = IntVector.fromMemorySegment(INTS, data, from + 2L * spacing, LITTLE_ENDIAN).add(c);
            d = IntVector.fromMemorySegment(INTS, data, from + 3L * spacing, LITTLE_ENDIAN).add(d);
            e = IntVector.fromMemorySegment(INTS, data, from + 4L * spacing, LITTLE_ENDIAN).add(e);
            f = IntVector.fromMemorySegment(INTS, data, from + 5L * spacing, LITTLE_ENDIAN).add(f);
            g = IntVector.fromMemorySegment(INTS, data, from + 6L * spacing, LITTLE_ENDIAN).add(g);
            h = IntVector.fromMemorySegment(INTS, data, from + 7L * spacing, LITTLE_ENDIAN).add(h);
        }
        return a.add(b).add(c.add(d)).add(e.add(f).add(g.add(h))).reduceLanes(VectorOperators.ADD);
    }
}
