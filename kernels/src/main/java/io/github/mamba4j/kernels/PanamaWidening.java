package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.F16_BITS;
import static io.github.mamba4j.kernels.VectorWidth.F16_EXPONENT;
import static io.github.mamba4j.kernels.VectorWidth.F16_SCALE;
import static io.github.mamba4j.kernels.VectorWidth.F16_SPECIAL;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static io.github.mamba4j.kernels.VectorWidth.HALVES;
import static io.github.mamba4j.kernels.VectorWidth.INTS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.OR;
import static jdk.incubator.vector.VectorOperators.S2I;
import static jdk.incubator.vector.VectorOperators.ZERO_EXTEND_S2I;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;

/** Widens stored weights to float32. */
final class PanamaWidening {
    private static final int LANES = VectorWidth.LANES;
    private static final long SLOT = LANES * Float.BYTES;

    private PanamaWidening() {}

    /** Widens one row, filled up with zeros to {@code length} numbers. */
    static void widenRow(Matrix w, int row, MemorySegment to, long at, int length) {
        int whole = w.cols() - w.cols() % LANES;
        widen(w, w.rowOffset(row), whole, to, at);
        for (int k = whole; k < length; k++) {
            to.set(Scratch.FLOAT, at + k * Scratch.FLOAT.byteSize(), k < w.cols() ? w.get(row, k) : 0f);
        }
    }

    /** Widens {@code count} numbers, whole vectors, from an offset in bytes on. */
    static void widen(Matrix w, long from, int count, MemorySegment to, long at) {
        int vectors = count / LANES;
        switch (w.dtype()) {
            case F32 -> widenF32(w.data(), from, vectors, to, at);
            case BF16 -> widenBf16(w.data(), from, vectors, to, at);
            case F16 -> widenF16(w.data(), from, vectors, to, at);
            default -> throw new AssertionError(w.dtype());
        }
    }

    private static void widenF32(MemorySegment w, long from, int vectors, MemorySegment to, long at) {
        for (int i = 0; i < vectors; i++) {
            FloatVector.fromMemorySegment(FLOATS, w, from + i * SLOT, LITTLE_ENDIAN).intoMemorySegment(to,
                    at + i * SLOT, LITTLE_ENDIAN);
        }
    }

    /** The bits of BF16 are the upper half of a float32. */
    private static void widenBf16(MemorySegment w, long from, int vectors, MemorySegment to, long at) {
        for (int i = 0; i < vectors; i++) {
            ShortVector.fromMemorySegment(HALVES, w, from + i * SLOT / 2, LITTLE_ENDIAN)
                    .convertShape(ZERO_EXTEND_S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 16)
                    .reinterpretAsFloats().intoMemorySegment(to, at + i * SLOT, LITTLE_ENDIAN);
        }
    }

    private static void widenF16(MemorySegment w, long from, int vectors, MemorySegment to, long at) {
        for (int i = 0; i < vectors; i++) {
            IntVector b = ShortVector.fromMemorySegment(HALVES, w, from + i * SLOT / 2, LITTLE_ENDIAN)
                    .convertShape(S2I, INTS, 0).reinterpretAsInts().lanewise(LSHL, 13).and(F16_BITS);
            b.reinterpretAsFloats().mul(F16_SCALE).reinterpretAsInts()
                    .lanewise(OR, F16_SPECIAL, b.and(F16_EXPONENT).eq(F16_EXPONENT)).reinterpretAsFloats()
                    .intoMemorySegment(to, at + i * SLOT, LITTLE_ENDIAN);
        }
    }
}
