package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.DType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;

/**
 * Products of activations and weights: one row as in decoding, which is as fast as weights come from memory (gigabytes),
 * and many as in reading a prompt, which is as fast as the processor multiplies (gigaflops).
 */
public class MatmulBenchmark extends KernelBenchmark {
    @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
    private String preset;

    @Param({"IN_PROJ", "X_PROJ", "DT_PROJ", "OUT_PROJ", "LM_HEAD"})
    private Projection projection;

    @Param({"F32", "BF16", "F16"})
    private DType dtype;

    @Param({"1", "16", "512"})
    private int rows;

    /** The size of all matrices together. */
    @Param("512")
    private int megabytes;

    private MatmulCase matmul;
    private TeamProduct product;

    /** For JMH. */
    public MatmulBenchmark() {}

    @Override
    void prepare() {
        matmul = new MatmulCase(Dimensions.of(preset), projection, dtype, rows, megabytes);
        product = new TeamProduct(matmul, kernels(), team(), this::scratch);
        product.multiply(0);
        matmul.check(product.y.data(), 0);
    }

    @Override
    void free() {
        matmul.close();
    }

    /**
     * One product.
     *
     * @param rates counts it
     */
    @Benchmark
    public void matmul(Rates.Matmul rates) {
        product.multiply(matmul.next());
        rates.count(matmul);
    }
}
