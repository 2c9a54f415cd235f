package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.PanamaTile.OUT_PANELS;
import static io.github.mamba4j.kernels.PanamaTile.PANEL_ROWS;
import static io.github.mamba4j.kernels.PanamaTile.ROW_PANELS;
import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.Scratch.FLOAT;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Brings operands into the panels of {@link PanamaTile}: widened to float32, transposed, and the summed dimension filled
 * up with zeros. Where a tile has more rows or outputs than there are, the last is packed again; what comes of it is not
 * looked at.
 */
final class PanamaPacking {
    /** Panels have room for a multiple of so many groups: with 4 rows they fill the widest vector. */
    private static final int GROUPS = 4;
    private static final int WIDTH = VectorWidth.LANES;
    private static final int SLOT = WIDTH * Float.BYTES;
    private static final long GROUP_BYTES = LANES * FLOAT.byteSize();

    private PanamaPacking() {}

    /** The groups of 16 that panels of so many columns have room for. */
    static int groups(int cols) {
        return Math.ceilDiv(cols, GROUPS * LANES) * GROUPS;
    }

    /** Packs columns {@code [col, col + cols)} of some rows: one panel after another, to whole tiles. */
    static void packRows(Activations x, int firstRow, int rows, int col, int cols, Scratch scratch) {
        int groups = groups(cols);
        int padded = groups * LANES;
        long rowBytes = padded * FLOAT.byteSize();
        int panels = Math.ceilDiv(rows, PanamaTile.ROWS) * ROW_PANELS;
        for (int p = 0; p < panels; p++) {
            for (int i = 0; i < PANEL_ROWS; i++) {
                int r = firstRow + Math.min(p * PANEL_ROWS + i, rows - 1);
                MemorySegment.copy(x.data(), x.index(r, col), scratch.stage, FLOAT, i * rowBytes, cols);
                for (int k = cols; k < padded; k++) {
                    scratch.stage.set(FLOAT, i * rowBytes + k * FLOAT.byteSize(), 0f);
                }
            }
            int at = p * PANEL_ROWS * padded;
            for (int g = 0; g < groups; g += WIDTH / PANEL_ROWS) {
                for (int j = 0; j < LANES; j += WIDTH) {
                    PanamaTranspose.transpose(scratch.stage, (g * LANES + j) * FLOAT.byteSize(), rowBytes, GROUP_BYTES,
                            scratch.rows(), at + (j * groups + g) * PANEL_ROWS, groups * PANEL_ROWS);
                }
            }
        }
    }

    /** Packs and widens some rows of weights: one panel after another, to whole tiles. */
    static void packWeights(Matrix w, int firstOut, int outs, Scratch scratch) {
        int groups = groups(w.cols());
        int padded = groups * LANES;
        long rowBytes = padded * FLOAT.byteSize();
        int panels = Math.ceilDiv(outs, PanamaTile.OUTS) * OUT_PANELS;
        for (int p = 0; p < panels; p++) {
            for (int i = 0; i < WIDTH; i++) {
                int row = firstOut + Math.min(p * WIDTH + i, outs - 1);
                PanamaWidening.widenRow(w, row, scratch.stage, i * rowBytes, padded);
            }
            long at = p * WIDTH * rowBytes;
            for (int g = 0; g < groups; g++) {
                for (int j = 0; j < LANES; j += WIDTH) {
                    PanamaTranspose.transpose(scratch.stage, (g * LANES + j) * FLOAT.byteSize(), rowBytes,
                            4 * rowBytes, scratch.block, 0, WIDTH);
                    spread(scratch.block, scratch.weights, at + (long) (j * groups + g) * SLOT, (long) groups * SLOT);
                }
            }
        }
    }

    private static void spread(float[] block, MemorySegment to, long at, long stride) {
        for (int i = 0; i < WIDTH; i++) {
            FloatVector.fromArray(FLOATS, block, i * WIDTH).intoMemorySegment(to, at + i * stride, LITTLE_ENDIAN);
        }
    }
}
