package io.github.mamba4j.kernels;

/**
 * A float32 matrix that kernels read and write: one row per token, row-major, {@code [rows, cols]}. Allocated once at
 * its largest size and used again for every pass, so a kernel is always told which rows to work on. The array may be longer:
 * buffers of several widths share one.
 *
 * <p>Not thread-safe as such; kernels that work on disjoint rows or columns may run at once.
 *
 * @param data the values; element (r, k) is {@code data[r * cols + k]}
 * @param rows the number of rows there is room for
 * @param cols the number of columns
 */
public record Activations(float[] data, int rows, int cols) {
    /**
     * Checks the size of the array.
     *
     * @throws IllegalArgumentException if it is shorter than {@code rows * cols}
     */
    public Activations {
        if (rows < 0 || cols < 1 || (long) rows * cols > data.length) {
            throw new IllegalArgumentException(rows + " x " + cols + " values do not fit an array of " + data.length);
        }
    }

    /**
     * Allocates a matrix of zeros.
     *
     * @param rows the number of rows
     * @param cols the number of columns
     * @return the matrix
     */
    public static Activations allocate(int rows, int cols) {
        return new Activations(new float[Math.multiplyExact(rows, cols)], rows, cols);
    }

    /**
     * The index in {@link #data} of an element.
     *
     * @param row the row
     * @param col the column
     * @return {@code row * cols + col}
     */
    public int index(int row, int col) {
        return row * cols + col;
    }
}
