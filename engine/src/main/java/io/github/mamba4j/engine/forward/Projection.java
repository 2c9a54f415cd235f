package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.linear.PackedRows;
import io.github.mamba4j.kernels.team.RowShares;

/**
 * Linear layers that read the same input, {@code y = W x + bias}, shared among the threads as one: the outputs of all of them
 * are handed out together. The one place where products are cut into pieces.
 */
public final class Projection {
    /**
     * Some outputs of a matrix and where they go.
     *
     * @param weights the matrix, {@code [out, in]}
     * @param from its first row
     * @param to its row after the last
     * @param bias {@code [out]}, or empty
     * @param target where the outputs go
     * @param col the column of the first of them
     */
    public record Part(Matrix weights, int from, int to, float[] bias, Buffer target, int col) {
        /**
         * All outputs of a matrix.
         *
         * @param weights the matrix, {@code [out, in]}
         * @param bias {@code [out]}, or empty
         * @param target where the outputs go, from its first column on
         * @return the part
         */
        public static Part of(Matrix weights, float[] bias, Buffer target) {
            return new Part(weights, 0, weights.rows(), bias, target, 0);
        }

        int outputs() {
            return to - from;
        }
    }

    /** What one call works with. */
    private static final class Call {
        PackedRows x;
        int rows;
        int rowParts;
        Activations residual;
        float scale;
    }

    private final Kernels kernels;
    private final Workers workers;
    private final Part[] parts;
    private final int outputs;
    private final Call call = new Call();
    private final Workers.Task<Call> piece = this::piece;

    /**
     * Layers that read the same input.
     *
     * @param with the model's resources
     * @param parts the layers
     */
    public Projection(Resources with, Part... parts) {
        kernels = with.kernels();
        workers = with.workers();
        this.parts = parts.clone();
        int sum = 0;
        for (Part part : parts) {
            sum = Math.addExact(sum, part.outputs());
        }
        outputs = sum;
    }

    /**
     * A layer whose output is added to the residual stream.
     *
     * @param with the model's resources
     * @param weights {@code [dModel, in]}
     * @param bias {@code [dModel]}, or empty
     * @return the layer, for {@link #addTo}
     */
    public static Projection toResidual(Resources with, Matrix weights, float[] bias) {
        Buffer addend = with.buffers().claim(Resources.ADDEND_SLOT, weights.rows());
        return new Projection(with, Part.of(weights, bias, addend));
    }

    /**
     * Writes the outputs to their targets.
     *
     * @param x the input
     */
    public void forward(Input x) {
        run(x.packed(), x.rows(), null, 0);
    }

    /**
     * Adds the outputs to the residual stream: {@code residual = residual + scale * (W x + bias)}.
     *
     * @param residual {@code [rows, dModel]}
     * @param scale what the outputs are multiplied by
     * @param x the input
     */
    public void addTo(Activations residual, float scale, Input x) {
        run(x.packed(), x.rows(), residual, scale);
    }

    private void run(PackedRows x, int rows, Activations residual, float scale) {
        call.x = x;
        call.rows = rows;
        call.rowParts = RowShares.rowParts(workers.size(), rows, outputs);
        call.residual = residual;
        call.scale = scale;
        workers.share(call, Math.multiplyExact(call.rowParts, outputs), kernels.linear().leastOutputs(rows), piece);
        call.residual = null;
    }

    /** Items are the outputs of one range of rows after those of another; a piece may end one and begin the next. */
    private void piece(Call c, int from, int to, Scratch scratch) {
        int at = from;
        while (at < to) {
            int rowPart = at / outputs;
            int end = Math.min(to, (rowPart + 1) * outputs);
            int firstRow = RowShares.rowFrom(rowPart, c.rowParts, c.rows, c.x.grain());
            int count = RowShares.rowFrom(rowPart + 1, c.rowParts, c.rows, c.x.grain()) - firstRow;
            outputs(c, at - rowPart * outputs, end - rowPart * outputs, firstRow, count, scratch);
            at = end;
        }
    }

    /** Some outputs, counted through all parts, for some rows. */
    private void outputs(Call c, int from, int to, int firstRow, int count, Scratch scratch) {
        int first = 0;
        for (Part part : parts) {
            int begin = Math.max(from, first) - first;
            int end = Math.min(to, first + part.outputs()) - first;
            if (begin < end) {
                multiply(c, part, part.from() + begin, part.from() + end, firstRow, count, scratch);
            }
            first += part.outputs();
        }
    }

    private void multiply(Call c, Part part, int from, int to, int firstRow, int count, Scratch scratch) {
        Activations y = part.target().at();
        int col = part.col() - part.from();
        kernels.linear().matmul(part.weights(), from, to, c.x, y, col, firstRow, count, scratch);
        if (part.bias().length > 0) {
            kernels.rows().addBias(part.bias(), y, col, firstRow, count, from, to);
        }
        if (c.residual != null) {
            kernels.rows().addScaled(c.scale, y, c.residual, firstRow, count, from, to);
        }
    }
}
