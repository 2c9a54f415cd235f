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

    static final VectorSpecies<Float> FLOATS = choose();
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    /** As many 16-bit lanes as {@link #FLOATS} has lanes. */
    static final VectorSpecies<Short> HALVES = VectorSpecies.of(short.class,
            VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    static final int LANES = FLOATS.length();
    static final int PARTS = ScalarKernels.LANES / LANES;
    /** Whether 24 accumulators and their operands fit the vector registers: AVX-512 and AArch64 have 32. */
    static final boolean MANY_REGISTERS = FLOATS.vectorBitSize() == 512
            || System.getProperty("os.arch").equals("aarch64");

    /*
     * Widening F16: the bits, sign-extended to 32 and moved up by 13, have sign, exponent and fraction where a float32 has
     * them, and stand for the value times 2^-112 (subnormals too). Where all five exponent bits are set (infinity, NaN),
     * all eight of the float32 have to be set after the multiplication.
     */
    static final int F16_BITS = 0x8fff_e000;
    static final float F16_SCALE = 0x1p112f;
    static final int F16_EXPONENT = 0x0f80_0000;
    static final int F16_SPECIAL = 0x7f80_0000;

    private VectorWidth() {}

    static String describe() {
        return FLOATS.vectorBitSize() + "-bit vectors";
    }

    private static VectorSpecies<Float> choose() {
        int preferred = Math.min(512, FloatVector.SPECIES_PREFERRED.vectorBitSize());
        // Its values are checked where the kernels are chosen.
        int bits = Math.min(preferred, Integer.getInteger(PROPERTY, preferred));
        return VectorSpecies.of(float.class, VectorShape.forBitSize(bits));
    }
}
