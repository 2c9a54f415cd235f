package io.github.mamba4j.kernels.math;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.LANES;
import static io.github.mamba4j.kernels.machine.VectorWidth.PARTS;

import io.github.mamba4j.kernels.machine.VectorWidth;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Single canonical sums: 16 lanes, in one, two or four vectors, folded in registers. A width that needs fewer vectors
 * has no use for the others; as {@link VectorWidth#PARTS} is a constant, they cost nothing.
 */
public final class VectorSums {
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);

    /** 0, 1, 2, … Compared with a count, it masks the lanes below; indexInRange may put its mask into an object. */
    private static final FloatVector INDEX = FloatVector.broadcast(FLOATS, 0f).addIndex(1);

    private VectorSums() {}

    private static VectorShuffle<Float> swap(int half) {
        return VectorShuffle.fromOp(FLOATS, i -> (i ^ half) % FLOATS.length());
    }

    /**
     * {@code dot(x, x)} of n values.
     *
     * @param x the values
     * @param at index of the first
     * @param n the number of values
     * @return the result
     */
    public static float squares(float[] x, int at, int n) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int whole = at + n / DotProduct.LANES * DotProduct.LANES;
        int end = at + n;
        for (int i = at; i < whole; i += DotProduct.LANES) {
            FloatVector v = FloatVector.fromArray(FLOATS, x, i);
            a0 = v.fma(v, a0);
            if (PARTS >= 2) {
                v = FloatVector.fromArray(FLOATS, x, i + LANES);
                a1 = v.fma(v, a1);
            }
            if (PARTS == 4) {
                v = FloatVector.fromArray(FLOATS, x, i + 2 * LANES);
                a2 = v.fma(v, a2);
                v = FloatVector.fromArray(FLOATS, x, i + 3 * LANES);
                a3 = v.fma(v, a3);
            }
        }
        if (whole < end) {
            // Beyond the end a masked load gives the zeros that pad a dot product.
            FloatVector v = FloatVector.fromArray(FLOATS, x, whole, INDEX.lt(end - whole));
            a0 = v.fma(v, a0);
            if (PARTS >= 2) {
                v = FloatVector.fromArray(FLOATS, x, whole + LANES, INDEX.lt(end - (whole + LANES)));
                a1 = v.fma(v, a1);
            }
            if (PARTS == 4) {
                v = FloatVector.fromArray(FLOATS, x, whole + 2 * LANES, INDEX.lt(end - (whole + 2 * LANES)));
                a2 = v.fma(v, a2);
                v = FloatVector.fromArray(FLOATS, x, whole + 3 * LANES, INDEX.lt(end - (whole + 3 * LANES)));
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

    /**
     * The plain sum of n values in 16 lanes; lanes beyond the end are left as they are.
     *
     * @param x the values
     * @param at index of the first
     * @param n the number of values
     * @return the result
     */
    public static float sum(float[] x, int at, int n) {
        FloatVector a0 = FloatVector.zero(FLOATS);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int whole = at + n / DotProduct.LANES * DotProduct.LANES;
        int end = at + n;
        for (int i = at; i < whole; i += DotProduct.LANES) {
            a0 = FloatVector.fromArray(FLOATS, x, i).add(a0);
            if (PARTS >= 2) {
                a1 = FloatVector.fromArray(FLOATS, x, i + LANES).add(a1);
            }
            if (PARTS == 4) {
                a2 = FloatVector.fromArray(FLOATS, x, i + 2 * LANES).add(a2);
                a3 = FloatVector.fromArray(FLOATS, x, i + 3 * LANES).add(a3);
            }
        }
        if (whole < end) {
            VectorMask<Float> inside = INDEX.lt(end - whole);
            a0 = a0.add(FloatVector.fromArray(FLOATS, x, whole, inside), inside);
            if (PARTS >= 2) {
                inside = INDEX.lt(end - (whole + LANES));
                a1 = a1.add(FloatVector.fromArray(FLOATS, x, whole + LANES, inside), inside);
            }
            if (PARTS == 4) {
                inside = INDEX.lt(end - (whole + 2 * LANES));
                a2 = a2.add(FloatVector.fromArray(FLOATS, x, whole + 2 * LANES, inside), inside);
                inside = INDEX.lt(end - (whole + 3 * LANES));
                a3 = a3.add(FloatVector.fromArray(FLOATS, x, whole + 3 * LANES, inside), inside);
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
