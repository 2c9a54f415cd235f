package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The innermost step of the matrix product: the canonical partial sums of a tile of 4 rows by 6 outputs.
 *
 * <p>Both operands are packed panels in aligned memory, in groups of 16 elements of the summed dimension:
 *
 * <pre>
 * activations  [group][4 rows][16]
 * weights      [group][6 outputs, 2 unused][16]
 * sums         [4 rows][6 outputs][16 lanes]
 * </pre>
 *
 * A vector is a group (or, where vectors are narrower, a part of one) of one row; 24 sums stay in registers while the
 * groups pass. The unused slots make both strides powers of two: the compiler then proves the bounds of all loads once,
 * in front of the loop. The sums meet the fold in memory, because one method for both would exceed what the compiler
 * keeps in registers.
 */
final class PanamaTile {
    /** Rows of a tile. */
    static final int ROWS = 4;
    /** Outputs of a tile. */
    static final int OUTS = 6;
    /** Elements of a tile. */
    static final int CELLS = ROWS * OUTS;
    /** Partial sums of a tile, in floats. */
    static final int SUMS = CELLS * ScalarKernels.LANES;
    /** log2 of the bytes of a group in a panel of activations. */
    static final int ROW_GROUP_SHIFT = 8;
    /** log2 of the bytes of a group in a panel of weights. */
    static final int WEIGHT_GROUP_SHIFT = 9;
    /** Bytes of 16 floats. */
    static final int SLOT = 64;

    private PanamaTile() {}

    /**
     * Adds the products of some groups to the sums of a tile.
     *
     * @param x panel of activations
     * @param xAt the offset of its first group, in bytes
     * @param w panel of weights
     * @param wAt the offset of its first group, in bytes
     * @param groups the number of groups
     * @param in where the sums so far are
     * @param inAt their index
     * @param out where the new sums go
     * @param outAt their index
     */
    static void multiply(MemorySegment x, long xAt, MemorySegment w, long wAt, int groups, float[] in, int inAt,
            float[] out, int outAt) {
        for (int part = 0; part < VectorWidth.PARTS; part++) {
            int lane = part * VectorWidth.LANES;
            long xPart = xAt + lane * Float.BYTES;
            long wPart = wAt + lane * Float.BYTES;
            if (VectorWidth.MANY_REGISTERS) {
                tile4x6(x, xPart, w, wPart, groups, in, inAt + lane, out, outAt + lane);
            } else {
                int half = OUTS / 2 * ScalarKernels.LANES;
                tile4x3(x, xPart, w, wPart, groups, in, inAt + lane, out, outAt + lane);
                tile4x3(x, xPart, w, wPart + OUTS / 2 * SLOT, groups, in, inAt + half + lane, out, outAt + half + lane);
            }
        }
    }

    /** A whole tile: 24 sums and 7 operands, for 32 vector registers. */
    private static void tile4x6(MemorySegment x, long xAt, MemorySegment w, long wAt, int groups, float[] in, int inAt,
            float[] out,
            int outAt) {
        FloatVector a00 = FloatVector.fromArray(FLOATS, in, inAt + 0);
        FloatVector a01 = FloatVector.fromArray(FLOATS, in, inAt + 16);
        FloatVector a02 = FloatVector.fromArray(FLOATS, in, inAt + 32);
        FloatVector a03 = FloatVector.fromArray(FLOATS, in, inAt + 48);
        FloatVector a04 = FloatVector.fromArray(FLOATS, in, inAt + 64);
        FloatVector a05 = FloatVector.fromArray(FLOATS, in, inAt + 80);
        FloatVector a10 = FloatVector.fromArray(FLOATS, in, inAt + 96);
        FloatVector a11 = FloatVector.fromArray(FLOATS, in, inAt + 112);
        FloatVector a12 = FloatVector.fromArray(FLOATS, in, inAt + 128);
        FloatVector a13 = FloatVector.fromArray(FLOATS, in, inAt + 144);
        FloatVector a14 = FloatVector.fromArray(FLOATS, in, inAt + 160);
        FloatVector a15 = FloatVector.fromArray(FLOATS, in, inAt + 176);
        FloatVector a20 = FloatVector.fromArray(FLOATS, in, inAt + 192);
        FloatVector a21 = FloatVector.fromArray(FLOATS, in, inAt + 208);
        FloatVector a22 = FloatVector.fromArray(FLOATS, in, inAt + 224);
        FloatVector a23 = FloatVector.fromArray(FLOATS, in, inAt + 240);
        FloatVector a24 = FloatVector.fromArray(FLOATS, in, inAt + 256);
        FloatVector a25 = FloatVector.fromArray(FLOATS, in, inAt + 272);
        FloatVector a30 = FloatVector.fromArray(FLOATS, in, inAt + 288);
        FloatVector a31 = FloatVector.fromArray(FLOATS, in, inAt + 304);
        FloatVector a32 = FloatVector.fromArray(FLOATS, in, inAt + 320);
        FloatVector a33 = FloatVector.fromArray(FLOATS, in, inAt + 336);
        FloatVector a34 = FloatVector.fromArray(FLOATS, in, inAt + 352);
        FloatVector a35 = FloatVector.fromArray(FLOATS, in, inAt + 368);
        for (int g = 0; g < groups; g++) {
            long wg = wAt + ((long) g << WEIGHT_GROUP_SHIFT);
            long xg = xAt + ((long) g << ROW_GROUP_SHIFT);
            FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, wg + 0, LITTLE_ENDIAN);
            FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, w, wg + 64, LITTLE_ENDIAN);
            FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, w, wg + 128, LITTLE_ENDIAN);
            FloatVector w3 = FloatVector.fromMemorySegment(FLOATS, w, wg + 192, LITTLE_ENDIAN);
            FloatVector w4 = FloatVector.fromMemorySegment(FLOATS, w, wg + 256, LITTLE_ENDIAN);
            FloatVector w5 = FloatVector.fromMemorySegment(FLOATS, w, wg + 320, LITTLE_ENDIAN);
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, xg + 0, LITTLE_ENDIAN);
            a00 = w0.fma(x0, a00);
            a01 = w1.fma(x0, a01);
            a02 = w2.fma(x0, a02);
            a03 = w3.fma(x0, a03);
            a04 = w4.fma(x0, a04);
            a05 = w5.fma(x0, a05);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, xg + 64, LITTLE_ENDIAN);
            a10 = w0.fma(x1, a10);
            a11 = w1.fma(x1, a11);
            a12 = w2.fma(x1, a12);
            a13 = w3.fma(x1, a13);
            a14 = w4.fma(x1, a14);
            a15 = w5.fma(x1, a15);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, xg + 128, LITTLE_ENDIAN);
            a20 = w0.fma(x2, a20);
            a21 = w1.fma(x2, a21);
            a22 = w2.fma(x2, a22);
            a23 = w3.fma(x2, a23);
            a24 = w4.fma(x2, a24);
            a25 = w5.fma(x2, a25);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, xg + 192, LITTLE_ENDIAN);
            a30 = w0.fma(x3, a30);
            a31 = w1.fma(x3, a31);
            a32 = w2.fma(x3, a32);
            a33 = w3.fma(x3, a33);
            a34 = w4.fma(x3, a34);
            a35 = w5.fma(x3, a35);
        }
        a00.intoArray(out, outAt + 0);
        a01.intoArray(out, outAt + 16);
        a02.intoArray(out, outAt + 32);
        a03.intoArray(out, outAt + 48);
        a04.intoArray(out, outAt + 64);
        a05.intoArray(out, outAt + 80);
        a10.intoArray(out, outAt + 96);
        a11.intoArray(out, outAt + 112);
        a12.intoArray(out, outAt + 128);
        a13.intoArray(out, outAt + 144);
        a14.intoArray(out, outAt + 160);
        a15.intoArray(out, outAt + 176);
        a20.intoArray(out, outAt + 192);
        a21.intoArray(out, outAt + 208);
        a22.intoArray(out, outAt + 224);
        a23.intoArray(out, outAt + 240);
        a24.intoArray(out, outAt + 256);
        a25.intoArray(out, outAt + 272);
        a30.intoArray(out, outAt + 288);
        a31.intoArray(out, outAt + 304);
        a32.intoArray(out, outAt + 320);
        a33.intoArray(out, outAt + 336);
        a34.intoArray(out, outAt + 352);
        a35.intoArray(out, outAt + 368);
    }

    /** Half the outputs of a tile: 12 sums and 4 operands, for 16 vector registers. */
    private static void tile4x3(MemorySegment x, long xAt, MemorySegment w, long wAt, int groups, float[] in, int inAt,
            float[] out,
            int outAt) {
        FloatVector a00 = FloatVector.fromArray(FLOATS, in, inAt + 0);
        FloatVector a01 = FloatVector.fromArray(FLOATS, in, inAt + 16);
        FloatVector a02 = FloatVector.fromArray(FLOATS, in, inAt + 32);
        FloatVector a10 = FloatVector.fromArray(FLOATS, in, inAt + 96);
        FloatVector a11 = FloatVector.fromArray(FLOATS, in, inAt + 112);
        FloatVector a12 = FloatVector.fromArray(FLOATS, in, inAt + 128);
        FloatVector a20 = FloatVector.fromArray(FLOATS, in, inAt + 192);
        FloatVector a21 = FloatVector.fromArray(FLOATS, in, inAt + 208);
        FloatVector a22 = FloatVector.fromArray(FLOATS, in, inAt + 224);
        FloatVector a30 = FloatVector.fromArray(FLOATS, in, inAt + 288);
        FloatVector a31 = FloatVector.fromArray(FLOATS, in, inAt + 304);
        FloatVector a32 = FloatVector.fromArray(FLOATS, in, inAt + 320);
        for (int g = 0; g < groups; g++) {
            long wg = wAt + ((long) g << WEIGHT_GROUP_SHIFT);
            long xg = xAt + ((long) g << ROW_GROUP_SHIFT);
            FloatVector w0 = FloatVector.fromMemorySegment(FLOATS, w, wg + 0, LITTLE_ENDIAN);
            FloatVector w1 = FloatVector.fromMemorySegment(FLOATS, w, wg + 64, LITTLE_ENDIAN);
            FloatVector w2 = FloatVector.fromMemorySegment(FLOATS, w, wg + 128, LITTLE_ENDIAN);
            FloatVector x0 = FloatVector.fromMemorySegment(FLOATS, x, xg + 0, LITTLE_ENDIAN);
            a00 = w0.fma(x0, a00);
            a01 = w1.fma(x0, a01);
            a02 = w2.fma(x0, a02);
            FloatVector x1 = FloatVector.fromMemorySegment(FLOATS, x, xg + 64, LITTLE_ENDIAN);
            a10 = w0.fma(x1, a10);
            a11 = w1.fma(x1, a11);
            a12 = w2.fma(x1, a12);
            FloatVector x2 = FloatVector.fromMemorySegment(FLOATS, x, xg + 128, LITTLE_ENDIAN);
            a20 = w0.fma(x2, a20);
            a21 = w1.fma(x2, a21);
            a22 = w2.fma(x2, a22);
            FloatVector x3 = FloatVector.fromMemorySegment(FLOATS, x, xg + 192, LITTLE_ENDIAN);
            a30 = w0.fma(x3, a30);
            a31 = w1.fma(x3, a31);
            a32 = w2.fma(x3, a32);
        }
        a00.intoArray(out, outAt + 0);
        a01.intoArray(out, outAt + 16);
        a02.intoArray(out, outAt + 32);
        a10.intoArray(out, outAt + 96);
        a11.intoArray(out, outAt + 112);
        a12.intoArray(out, outAt + 128);
        a20.intoArray(out, outAt + 192);
        a21.intoArray(out, outAt + 208);
        a22.intoArray(out, outAt + 224);
        a30.intoArray(out, outAt + 288);
        a31.intoArray(out, outAt + 304);
        a32.intoArray(out, outAt + 320);
    }
}
