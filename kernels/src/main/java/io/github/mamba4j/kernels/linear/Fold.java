package io.github.mamba4j.kernels.linear;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;

import io.github.mamba4j.kernels.machine.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Folds the 16 lanes of many canonical dot products at once, in the order 8+8, 4+4, 2+2, 1+1.
 *
 * <p>A step takes two vectors a and b whose blocks of {@code 2 * half} lanes are to be halved. A blend brings the lower
 * halves of a and the upper halves of b together, a second blend the other halves, which then change places; their sum
 * holds the folded blocks of a where the lower halves were and those of b where the upper halves were. So eight dot
 * products need 7 steps, and their sums end up side by side.
 */
final class Fold {
    /** Dot products that are folded together. */
    static final int BATCH = 8;

    private static final VectorMask<Float> UPPER_8 = upper(8);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorMask<Float> UPPER_1 = upper(1);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(FLOATS, i -> 2 * i % FLOATS.length());

    private Fold() {}

    /** The lanes in whose number the bit {@code half} is set. */
    static VectorMask<Float> upper(int half) {
        boolean[] bits = new boolean[FLOATS.length()];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = (i & half) != 0;
        }
        return VectorMask.fromArray(FLOATS, bits, 0);
    }

    /** Exchanges the lanes whose numbers differ in the bit {@code half}. */
    static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(FLOATS, i -> (i ^ half) % FLOATS.length());
    }

    /**
     * Folds dot products that lie one after another.
     *
     * @param sums 16 lanes each
     * @param from the index of the first lane of the first
     * @param count how many, a multiple of {@link #BATCH}
     * @param out where the results go, from index 0; a vector may be stored over the end of them
     */
    static void fold(float[] sums, int from, int count, float[] out) {
        switch (VectorWidth.LANES) {
            case 16 -> fold512(sums, from, count, out);
            case 8 -> fold256(sums, from, count, out);
            default -> fold128(sums, from, count, out);
        }
    }

    private static void fold512(float[] sums, int from, int count, float[] out) {
        for (int i = 0; i < count; i += BATCH) {
            int at = from + i * 16;
            FloatVector v0 = FloatVector.fromArray(FLOATS, sums, at);
            FloatVector v1 = FloatVector.fromArray(FLOATS, sums, at + 16);
            FloatVector v2 = FloatVector.fromArray(FLOATS, sums, at + 32);
            FloatVector v3 = FloatVector.fromArray(FLOATS, sums, at + 48);
            FloatVector v4 = FloatVector.fromArray(FLOATS, sums, at + 64);
            FloatVector v5 = FloatVector.fromArray(FLOATS, sums, at + 80);
            FloatVector v6 = FloatVector.fromArray(FLOATS, sums, at + 96);
            FloatVector v7 = FloatVector.fromArray(FLOATS, sums, at + 112);
            FloatVector v04 = v0.blend(v4, UPPER_8).add(v4.blend(v0, UPPER_8).rearrange(SWAP_8));
            FloatVector v26 = v2.blend(v6, UPPER_8).add(v6.blend(v2, UPPER_8).rearrange(SWAP_8));
            FloatVector v15 = v1.blend(v5, UPPER_8).add(v5.blend(v1, UPPER_8).rearrange(SWAP_8));
            FloatVector v37 = v3.blend(v7, UPPER_8).add(v7.blend(v3, UPPER_8).rearrange(SWAP_8));
            FloatVector even = v04.blend(v26, UPPER_4).add(v26.blend(v04, UPPER_4).rearrange(SWAP_4));
            FloatVector odd = v15.blend(v37, UPPER_4).add(v37.blend(v15, UPPER_4).rearrange(SWAP_4));
            FloatVector all = even.blend(odd, UPPER_2).add(odd.blend(even, UPPER_2).rearrange(SWAP_2));
            all.add(all.rearrange(SWAP_1)).rearrange(EVEN).intoArray(out, i);
        }
    }

    private static void fold256(float[] sums, int from, int count, float[] out) {
        for (int i = 0; i < count; i += BATCH) {
            int at = from + i * 16;
            FloatVector v0 = FloatVector.fromArray(FLOATS, sums, at).add(FloatVector.fromArray(FLOATS, sums, at + 8));
            FloatVector v1 = FloatVector.fromArray(FLOATS, sums, at + 16)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 24));
            FloatVector v2 = FloatVector.fromArray(FLOATS, sums, at + 32)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 40));
            FloatVector v3 = FloatVector.fromArray(FLOATS, sums, at + 48)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 56));
            FloatVector v4 = FloatVector.fromArray(FLOATS, sums, at + 64)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 72));
            FloatVector v5 = FloatVector.fromArray(FLOATS, sums, at + 80)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 88));
            FloatVector v6 = FloatVector.fromArray(FLOATS, sums, at + 96)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 104));
            FloatVector v7 = FloatVector.fromArray(FLOATS, sums, at + 112)
                    .add(FloatVector.fromArray(FLOATS, sums, at + 120));
            FloatVector v04 = v0.blend(v4, UPPER_4).add(v4.blend(v0, UPPER_4).rearrange(SWAP_4));
            FloatVector v26 = v2.blend(v6, UPPER_4).add(v6.blend(v2, UPPER_4).rearrange(SWAP_4));
            FloatVector v15 = v1.blend(v5, UPPER_4).add(v5.blend(v1, UPPER_4).rearrange(SWAP_4));
            FloatVector v37 = v3.blend(v7, UPPER_4).add(v7.blend(v3, UPPER_4).rearrange(SWAP_4));
            FloatVector even = v04.blend(v26, UPPER_2).add(v26.blend(v04, UPPER_2).rearrange(SWAP_2));
            FloatVector odd = v15.blend(v37, UPPER_2).add(v37.blend(v15, UPPER_2).rearrange(SWAP_2));
            even.blend(odd, UPPER_1).add(odd.blend(even, UPPER_1).rearrange(SWAP_1)).intoArray(out, i);
        }
    }

    /**
     * Folds {@link #BATCH} dot products of which one vector of 256 bits has the lanes with even numbers, and the next one
     * those with odd numbers. So each vector comes to the sum of its own lanes before the two are added, which is the last
     * step in the canonical order.
     *
     * @param sums 16 lanes each, even lanes first
     * @param from the index of the first lane of the first
     * @param out where the results go, from index 0; as many floats after them are written over
     */
    static void foldEvenAndOdd(float[] sums, int from, float[] out) {
        foldVectors(sums, from, out, 0);
        foldVectors(sums, from + 8, out, BATCH);
        FloatVector.fromArray(FLOATS, out, 0).add(FloatVector.fromArray(FLOATS, out, BATCH)).intoArray(out, 0);
    }

    /** Folds {@link #BATCH} vectors of 256 bits, which are two of them apart. */
    private static void foldVectors(float[] sums, int from, float[] out, int to) {
        FloatVector v0 = FloatVector.fromArray(FLOATS, sums, from);
        FloatVector v1 = FloatVector.fromArray(FLOATS, sums, from + 16);
        FloatVector v2 = FloatVector.fromArray(FLOATS, sums, from + 32);
        FloatVector v3 = FloatVector.fromArray(FLOATS, sums, from + 48);
        FloatVector v4 = FloatVector.fromArray(FLOATS, sums, from + 64);
        FloatVector v5 = FloatVector.fromArray(FLOATS, sums, from + 80);
        FloatVector v6 = FloatVector.fromArray(FLOATS, sums, from + 96);
        FloatVector v7 = FloatVector.fromArray(FLOATS, sums, from + 112);
        FloatVector v04 = v0.blend(v4, UPPER_4).add(v4.blend(v0, UPPER_4).rearrange(SWAP_4));
        FloatVector v26 = v2.blend(v6, UPPER_4).add(v6.blend(v2, UPPER_4).rearrange(SWAP_4));
        FloatVector v15 = v1.blend(v5, UPPER_4).add(v5.blend(v1, UPPER_4).rearrange(SWAP_4));
        FloatVector v37 = v3.blend(v7, UPPER_4).add(v7.blend(v3, UPPER_4).rearrange(SWAP_4));
        FloatVector even = v04.blend(v26, UPPER_2).add(v26.blend(v04, UPPER_2).rearrange(SWAP_2));
        FloatVector odd = v15.blend(v37, UPPER_2).add(v37.blend(v15, UPPER_2).rearrange(SWAP_2));
        even.blend(odd, UPPER_1).add(odd.blend(even, UPPER_1).rearrange(SWAP_1)).intoArray(out, to);
    }

    private static void fold128(float[] sums, int from, int count, float[] out) {
        for (int i = 0; i < count; i += 4) {
            int at = from + i * 16;
            FloatVector v0 = FloatVector.fromArray(FLOATS, sums, at).add(FloatVector.fromArray(FLOATS, sums, at + 8))
                    .add(FloatVector.fromArray(FLOATS, sums, at + 4).add(FloatVector.fromArray(FLOATS, sums, at + 12)));
            at += 16;
            FloatVector v1 = FloatVector.fromArray(FLOATS, sums, at).add(FloatVector.fromArray(FLOATS, sums, at + 8))
                    .add(FloatVector.fromArray(FLOATS, sums, at + 4).add(FloatVector.fromArray(FLOATS, sums, at + 12)));
            at += 16;
            FloatVector v2 = FloatVector.fromArray(FLOATS, sums, at).add(FloatVector.fromArray(FLOATS, sums, at + 8))
                    .add(FloatVector.fromArray(FLOATS, sums, at + 4).add(FloatVector.fromArray(FLOATS, sums, at + 12)));
            at += 16;
            FloatVector v3 = FloatVector.fromArray(FLOATS, sums, at).add(FloatVector.fromArray(FLOATS, sums, at + 8))
                    .add(FloatVector.fromArray(FLOATS, sums, at + 4).add(FloatVector.fromArray(FLOATS, sums, at + 12)));
            FloatVector even = v0.blend(v2, UPPER_2).add(v2.blend(v0, UPPER_2).rearrange(SWAP_2));
            FloatVector odd = v1.blend(v3, UPPER_2).add(v3.blend(v1, UPPER_2).rearrange(SWAP_2));
            even.blend(odd, UPPER_1).add(odd.blend(even, UPPER_1).rearrange(SWAP_1)).intoArray(out, i);
        }
    }
}
