package io.github.mamba4j.kernels.math;

import io.github.mamba4j.kernels.Activations;
import java.util.Objects;

/** Checks of ranges that all operations share. */
public final class Ranges {
    private Ranges() {}

    /**
     * Refuses a range of rows or columns that is not inside a matrix.
     *
     * @param x the matrix
     * @param firstRow the first row
     * @param rowCount the number of rows
     * @param firstCol the first column
     * @param colCount the number of columns
     * @throws IndexOutOfBoundsException if the range is not inside
     */
    public static void check(Activations x, int firstRow, int rowCount, int firstCol, int colCount) {
        Objects.checkFromIndexSize(firstRow, rowCount, x.rows());
        Objects.checkFromIndexSize(firstCol, colCount, x.cols());
    }

    /**
     * Refuses an output that shares memory with an input, except element for element or in other columns.
     *
     * @param operation what is computed, for the message
     * @param x the input
     * @param xCol the first column of the input
     * @param y the output
     * @param yCol the first column of the output
     * @param cols the number of columns of both
     * @throws IllegalArgumentException if the output would overwrite input that is still needed
     */
    public static void checkInPlace(String operation, Activations x, int xCol, Activations y, int yCol, int cols) {
        boolean apart = x.data() != y.data()
                || x.cols() == y.cols() && (xCol == yCol || Math.abs((long) xCol - yCol) >= cols);
        if (!apart) {
            throw new IllegalArgumentException(
                    operation + ": the output overlaps the input, but not element for element");
        }
    }
}
