package io.github.mamba4j.kernels.linear;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.math.Ranges;
import java.util.Objects;

/** The checks of {@link Linear}, the same for every implementation. */
final class LinearChecks {
    private LinearChecks() {}

    static void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount) {
        Objects.checkFromToIndex(outFrom, outTo, w.rows());
        Ranges.check(x, firstRow, rowCount, xCol, w.cols());
        // Only the outputs that are asked for need room.
        Ranges.check(y, firstRow, rowCount, yCol + outFrom, outTo - outFrom);
        if (x.data() == y.data()) {
            throw new IllegalArgumentException("a product cannot overwrite its input");
        }
    }

    /** What the product of prepared rows asks for beside what it asks of them as they are. */
    static void matmul(Matrix w, PackedRows x, int firstRow, int rowCount) {
        Objects.checkFromIndexSize(firstRow, rowCount, x.rows());
        if (w.cols() != x.cols()) {
            throw new IllegalArgumentException(
                    "prepared rows: expected " + w.cols() + " columns, found " + x.cols());
        }
    }

    static void packRows(PackedRows to, int firstRow, int rowCount) {
        Objects.checkFromIndexSize(firstRow, rowCount, to.rows());
        boolean whole = rowCount % to.grain() == 0 || firstRow + rowCount == to.rows();
        if (firstRow % to.grain() != 0 || !whole) {
            throw new IllegalArgumentException("rows " + firstRow + " to " + (firstRow + rowCount) + " of " + to.rows()
                    + " are not a share of multiples of " + to.grain());
        }
    }
}
