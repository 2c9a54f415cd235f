package io.github.mamba4j.kernels;

import java.util.Objects;

/** The checks at the public boundary of the kernels, the same for every implementation. */
final class Arguments {
    private Arguments() {}

    static void matmul(Matrix w, int outFrom, int outTo, Activations x, int xCol, Activations y, int yCol, int firstRow,
            int rowCount) {
        Objects.checkFromToIndex(outFrom, outTo, w.rows());
        x.check(firstRow, rowCount, xCol, w.cols());
        // Only the outputs that are asked for need room.
        y.check(firstRow, rowCount, yCol + outFrom, outTo - outFrom);
        if (x.data() == y.data()) {
            throw new IllegalArgumentException("a product cannot overwrite its input");
        }
    }

    /** What the product of prepared rows asks for beside what it asks of them as they are. */
    static void matmul(Matrix w, PackedRows x, int firstRow, int rowCount) {
        Objects.checkFromIndexSize(firstRow, rowCount, x.rows());
        if (w.cols() != x.cols()) {
            throw new IllegalArgumentException(
                    "rows of " + x.cols() + " columns are prepared, the weights have " + w.cols());
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

    static void rmsNorm(Activations x, float[] weight, Activations y, int firstRow, int rowCount) {
        if (weight.length != x.cols() || y.cols() != x.cols()) {
            throw new IllegalArgumentException(
                    "a norm of " + x.cols() + " columns has not " + weight.length + " weights and " + y.cols()
                            + " outputs");
        }
        x.check(firstRow, rowCount, 0, x.cols());
        y.check(firstRow, rowCount, 0, x.cols());
    }

    static void convSilu(ConvParameters p, Activations x, int xCol, Activations y, float[] window, int firstRow,
            int rowCount, int channelFrom, int channelTo) {
        Objects.checkFromToIndex(channelFrom, channelTo, p.dInner());
        // In place is element by element; with equal widths the check of x below leaves no other column than 0.
        boolean crossed = x.data() == y.data() && x.cols() != y.cols();
        if (y.cols() != p.dInner() || window.length != p.stateSize() || crossed) {
            throw new IllegalArgumentException("convolution buffers do not fit " + p.dInner() + " channels");
        }
        x.check(firstRow, rowCount, xCol, p.dInner());
        y.check(firstRow, rowCount, 0, p.dInner());
    }

    static void add(Activations x, Activations y, int firstRow, int rowCount, int colFrom, int colTo) {
        if (x.cols() != y.cols()) {
            throw new IllegalArgumentException("cannot add " + x.cols() + " columns to " + y.cols());
        }
        Objects.checkFromToIndex(colFrom, colTo, x.cols());
        x.check(firstRow, rowCount, colFrom, colTo - colFrom);
        y.check(firstRow, rowCount, colFrom, colTo - colFrom);
    }

    static void addBias(float[] bias, Activations y, int yCol, int firstRow, int rowCount, int outFrom, int outTo) {
        Objects.checkFromToIndex(outFrom, outTo, bias.length);
        y.check(firstRow, rowCount, yCol + outFrom, outTo - outFrom);
    }

    static void widenRow(Matrix w, int row, Activations y, int yRow) {
        Objects.checkIndex(row, w.rows());
        if (y.cols() != w.cols()) {
            throw new IllegalArgumentException("a row of " + w.cols() + " does not fit " + y.cols() + " columns");
        }
        y.check(yRow, 1, 0, y.cols());
    }

    static void range(float[] x, int from, int to) {
        Objects.checkFromToIndex(from, to, x.length);
        if (from == to) {
            throw new IllegalArgumentException("the range is empty");
        }
    }
}
