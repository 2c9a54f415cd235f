package io.github.mamba4j.kernels;

import static io.github.mamba4j.kernels.PanamaTile.OUT_PANELS;
import static io.github.mamba4j.kernels.PanamaTile.PANEL_ROWS;
import static io.github.mamba4j.kernels.PanamaTile.ROW_PANELS;
import static io.github.mamba4j.kernels.ScalarKernels.LANES;
import static io.github.mamba4j.kernels.VectorWidth.FLOATS;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Brings operands into the panels of {@link PanamaTile}: widened to float32, transposed, and the summed dimension filled
 * up with zeros. Where a tile has more rows or outputs than there are, the last is packed again; what comes of it is not
 * looked at.
 */
final class PanamaPacking {
    /** Groups that are packed at once: with 4 rows they fill the widest vector. */
    private static final int GROUPS = 4;
    private static final int WIDTH = VectorWidth.LANES;
    private static final int SLOT = WIDTH * Float.BYTES;

    private PanamaPacking() {}

    /**
     * The groups of 16 that panels of so many columns have room for: one more than are packed at once, because distances
     * that are a power of two would put all lanes into the same few places of the caches.
     */
    static int stride(int cols) {
        return Math.ceilDiv(cols, GROUPS * LANES) * GROUPS + 1;
    }

    /** The floats that the panels of so many rows take. */
    static long panelFloats(int rows, int cols) {
        return Math.ceilDiv(rows, PanamaTile.ROWS) * (long) PanamaTile.ROWS * stride(cols) * LANES;
    }

    /**
     * Packs columns {@code [col, col + cols)} of some rows: one panel after another, to whole tiles. Whole panels are read
     * where they are, the others are filled up first.
     *
     * @param to where the panels go
     * @param toAt where the panel of the first row begins
     */
    static void packRows(Activations x, int firstRow, int rows, int col, int cols, float[] to, int toAt,
            Scratch scratch) {
        int stride = stride(cols);
        int padded = stride * LANES;
        int panels = Math.ceilDiv(rows, PanamaTile.ROWS) * ROW_PANELS;
        for (int p = 0; p < panels; p++) {
            int panel = toAt + p * PANEL_ROWS * padded;
            if (cols % (GROUPS * LANES) == 0 && (p + 1) * PANEL_ROWS <= rows) {
                packPanel(x.data(), x.index(firstRow + p * PANEL_ROWS, col), x.cols(), cols, to, panel, stride);
            } else {
                for (int i = 0; i < PANEL_ROWS; i++) {
                    int r = firstRow + Math.min(p * PANEL_ROWS + i, rows - 1);
                    System.arraycopy(x.data(), x.index(r, col), scratch.stage, i * padded, cols);
                    Arrays.fill(scratch.stage, i * padded + cols, (i + 1) * padded, 0f);
                }
                packPanel(scratch.stage, 0, padded, cols, to, panel, stride);
            }
        }
    }

    /** Packs rows that are so many floats apart, and reads as many columns as are packed at once. */
    private static void packPanel(float[] rows, int at, int distance, int cols, float[] to, int panel, int stride) {
        for (int g = 0; g * LANES < cols; g += WIDTH / PANEL_ROWS) {
            for (int j = 0; j < LANES; j += WIDTH) {
                PanamaTranspose.transpose(rows, at + g * LANES + j, distance, LANES, to,
                        panel + (j * stride + g) * PANEL_ROWS, stride * PANEL_ROWS);
            }
        }
    }

    /** Packs and widens some rows of weights: one panel after another, to whole tiles. */
    static void packWeights(Matrix w, int firstOut, int outs, Scratch scratch) {
        int stride = stride(w.cols());
        int padded = stride * LANES;
        int panels = Math.ceilDiv(outs, PanamaTile.OUTS) * OUT_PANELS;
        for (int p = 0; p < panels; p++) {
            for (int i = 0; i < WIDTH; i++) {
                int row = firstOut + Math.min(p * WIDTH + i, outs - 1);
                PanamaWidening.widenRow(w, row, scratch.stage, i * padded, padded);
            }
            long to = (long) p * padded * SLOT;
            for (int g = 0; g * LANES < w.cols(); g++) {
                for (int j = 0; j < LANES; j += WIDTH) {
                    PanamaTranspose.transpose(scratch.stage, g * LANES + j, padded, 4 * padded, scratch.block, 0,
                            WIDTH);
                    spread(scratch.block, scratch.weights, to + (long) (j * stride + g) * SLOT, (long) stride * SLOT);
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
