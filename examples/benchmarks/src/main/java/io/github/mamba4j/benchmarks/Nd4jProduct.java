package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The same products by ND4J, which leaves them to OpenBLAS: of float32, and on as many threads as ND4J chooses. */
final class Nd4jProduct implements AutoCloseable {
    /** OpenBLAS adds up in another order. */
    private static final float TOLERANCE = 1e-3f;

    private final List<INDArray> weights = new ArrayList<>();
    /** {@code [in, rows]}, a transposed view. */
    private final INDArray x;
    /** {@code [out, rows]}, column-major: in memory {@code [rows, out]}. */
    private final INDArray y;

    /**
     * Copies the matrices and checks a product.
     *
     * @param matmul the matrices, as float32
     */
    Nd4jProduct(MatmulCase matmul) {
        OpenBlas.chooseKernels();
        for (Matrix w : matmul.weights) {
            weights.add(Nd4j.createFromArray(w.data().toArray(ValueLayout.JAVA_FLOAT)).reshape('c', w.rows(),
                    w.cols()));
        }
        int rows = matmul.x.rows();
        x = Nd4j.createFromArray(matmul.x.data()).reshape('c', rows, matmul.inputs()).transpose();
        y = Nd4j.create(DataType.FLOAT, new long[]{matmul.outputs(), rows}, 'f');
        multiply(0);
        matmul.check(y.transpose().dup('c').data().asFloat(), TOLERANCE);
    }

    /** Multiplies by a matrix, by its number. */
    void multiply(int which) {
        weights.get(which).mmuli(x, y);
    }

    /** Frees the copies. */
    @Override
    public void close() {
        weights.forEach(INDArray::close);
    }
}
