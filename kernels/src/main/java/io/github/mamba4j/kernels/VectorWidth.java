package io.github.mamba4j.kernels;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector width of this process: the widest the processor prefers, at most 512 bits because a dot product has 16
 * lanes. The constants are final, so that the compiler knows them.
 *
 * <p>A canonical dot product takes {@link #PARTS} vectors for its 16 lanes. A loop over the parts is put around the loops
 * over data that fits the first-level cache, so that one source serves every width.
 */
final class VectorWidth {
    /** Narrows the vectors, for tests and experiments; a width the processor has not is not reached. */
    static final String PROPERTY = "mamba4j.vectorBits";
    /** How many registers vectors of less than 512 bits are taken to have, for tests and experiments. */
    static final String REGISTERS_PROPERTY = "mamba4j.vectorRegisters";

    static final VectorSpecies<Float> FLOATS = choose();
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /** As many 16-bit lanes as {@link #FLOATS} has lanes. */
    static final VectorSpecies<Short> HALVES = VectorSpecies.of(short.class,
            VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    static final int LANES = FLOATS.length();
    static final int PARTS = ScalarKernels.LANES / LANES;
    /** Whether 24 accumulators and their operands fit the vector registers: AVX-512 and AArch64 have 32. */
    static final boolean MANY_REGISTERS = FLOATS.vectorBitSize() == 512 || registers() >= 32;

    private VectorWidth() {}

    static String describe() {
        return FLOATS.vectorBitSize() + "-bit vectors";
    }

    private static int registers() {
        return Integer.getInteger(REGISTERS_PROPERTY, System.getProperty("os.arch").equals("aarch64") ? 32 : 16);
    }

    private static VectorSpecies<Float> choose() {
        int preferred = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());
        // Its values are checked where the kernels are chosen.
        int bits = Math.min(preferred, Integer.getInteger(PROPERTY, preferred));
        return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }
}
