package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.LANES;
import static io.github.mamba4j.kernels.VectorWidth.PARTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Single canonical sums: 16 lanes, in one, two or four vectors, folded in registers. A width that needs fewer vectors
 * has no use for the others; as {@link VectorWidth#PARTS} is a constant, they cost nothing.
 */
final class PanamaSums {
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);

    private PanamaSums() {}

    private static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(FLOATS, i -> (i ^ half) % FLOATS.length());
    }

    /** {@code dot(x, x)} of n values. */
    static float squares(float[] x, int at, int n) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int end = at + n;
        for (int i = at; i < end; i += ScalarKernels.LANES) {
            // Beyond the end a masked load gives the zeros that pad a dot product.
            FloatVector v = FloatVector.fromArray(FLOATS, x, i, FLOATS.indexInRange(i, end));
            a0 = v.fma(v, a0);
            if (PARTS >= 2) {
                v = FloatVector.fromArray(FLOATS, x, i + LANES, FLOATS.indexInRange(i + LANES, end));
                a1 = v.fma(v, a1);
            }
            if (PARTS == 4) {
                v = FloatVector.fromArray(FLOATS, x, i + 2 * LANES, FLOATS.indexInRange(i + 2 * LANES, end));
                a2 = v.fma(v, a2);
                v = FloatVector.fromArray(FLOATS, x, i + 3 * LANES, FLOATS.indexInRange(i + 3 * LANES, end));
                a3 = v.fma(v, a3);
            }
        }
        FloatVector s = PARTS == 4 ? a0.add(a2).add(a1.add(a3)) : PARTS == 2 ? a0.add(a1) : a0;
        if (LANES > 8) {
            s = s.add(s.rearrange(SWAP_8));
        }
        if (LANES > 4) {
            s = s.add(s.rearrange(SWAP_4));
        }
        s = s.add(s.rearrange(SWAP_2));
        return s.add(s.rearrange(SWAP_1)).lane(0);
    }

    /** The plain sum of n values in 16 lanes; lanes beyond the end are left as they are. */
    static float sum(float[] x, int at, int n) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int end = at + n;
        for (int i = at; i < end; i += ScalarKernels.LANES) {
            VectorMask<Float> inside = FLOATS.indexInRange(i, end);
            a0 = a0.add(FloatVector.fromArray(FLOATS, x, i, inside), inside);
            if (PARTS >= 2) {
                inside = FLOATS.indexInRange(i + LANES, end);
                a1 = a1.add(FloatVector.fromArray(FLOATS, x, i + LANES, inside), inside);
            }
            if (PARTS == 4) {
                inside = FLOATS.indexInRange(i + 2 * LANES, end);
                a2 = a2.add(FloatVector.fromArray(FLOATS, x, i + 2 * LANES, inside), inside);
                inside = FLOATS.indexInRange(i + 3 * LANES, end);
                a3 = a3.add(FloatVector.fromArray(FLOATS, x, i + 3 * LANES, inside), inside);
            }
        }
        FloatVector s = PARTS == 4 ? a0.add(a2).add(a1.add(a3)) : PARTS == 2 ? a0.add(a1) : a0;
        if (LANES > 8) {
            s = s.add(s.rearrange(SWAP_8));
        }
        if (LANES > 4) {
            s = s.add(s.rearrange(SWAP_4));
        }
        s = s.add(s.rearrange(SWAP_2));
        return s.add(s.rearrange(SWAP_1)).lane(0);
    }
}
