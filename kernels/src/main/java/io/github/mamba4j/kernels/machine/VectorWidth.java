package io.github.mamba4j.kernels.machine;

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
public final class VectorWidth {
    /** Narrows the vectors, for tests and experiments; cannot be wider than the processor's. */
    static final String PROPERTY = "mamba4j.vectorBits";
    /** How many registers vectors of less than 512 bits are taken to have, for tests and experiments. */
    static final String REGISTERS_PROPERTY = "mamba4j.vectorRegisters";

    /** The number of lanes in a canonical sum, whatever the vectors: part of the arithmetic contract. */
    public static final int SUM_LANES = 16;

    /** Vectors of float32. */
    public static final VectorSpecies<Float> FLOATS = choose();
    /** Vectors of as many 32-bit integers. */
    public static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /** As many 16-bit lanes as {@link #FLOATS} has lanes. */
    public static final VectorSpecies<Short> HALVES = VectorSpecies.of(short.class,
            VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    /** Floats in a vector. */
    public static final int LANES = FLOATS.length();
    /** Vectors that hold the lanes of a sum: 1, 2 or 4. */
    public static final int PARTS = SUM_LANES / LANES;
    /** Whether 24 accumulators and their operands fit the vector registers: AVX-512 and AArch64 have 32. */
    public static final boolean MANY_REGISTERS = FLOATS.vectorBitSize() == 512 || registers() >= 32;

    private VectorWidth() {}

    /**
     * The width, for people.
     *
     * @return for instance {@code 512-bit vectors}
     */
    public static String describe() {
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
