package io.github.mamba4j.kernels.machine;

import static io.github.mamba4j.kernels.machine.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.machine.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.machine.VectorWidth.INTS;
import static jdk.incubator.vector.VectorOperators.ADD;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.S2I;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/**
 * Uses each operation that the Vector API keeps in a cache once, while little is compiled yet. A kernel that has a new one
 * brings it here.
 *
 * <p>The first time an operation is looked up, it is not in the cache. If the lookup has been compiled by then, for
 * operations that are there, as they always were, this ends the compiled code. C2 counts such ends of each method, and adds
 * the counts of all methods that it inlines: a kernel inlines the lookup up to 75 times. From 100 on it no longer leaves out
 * branches that were never taken, and a kernel of which some branches are left out and some are not may put its vectors into
 * objects, for as long as the process lives. Whether an operation comes late depends on when the compilers have their turn.
 *
 * <p>For the same reason {@code OneRow512Halves}, the largest of them, casts what a conversion gives instead of
 * reinterpreting it, and has the same conversion for both formats.
 */
public final class FirstUse {
    private FirstUse() {}

    /** Uses them. */
    public static void ofOperations() {
        FloatVector x = FloatVector.zero(FLOATS);
        x.add(x).sub(x).mul(x).div(x).min(x).max(x).neg().fma(x, x).reduceLanes(MAX);
        IntVector k = x.reinterpretAsInts();
        k.add(k).sub(k).min(k).max(k).and(k).or(k).lanewise(LSHL, 1).lanewise(ASHR, 1).lanewise(LSHR, 1)
                .reinterpretAsFloats();
        k.reduceLanes(MAX);
        k.reduceLanes(ADD);
        ShortVector s = k.reinterpretAsShorts();
        s.and(s).max(s).reduceLanes(MAX);
        ShortVector.zero(HALVES).convertShape(S2I, INTS, 0);
    }
}
