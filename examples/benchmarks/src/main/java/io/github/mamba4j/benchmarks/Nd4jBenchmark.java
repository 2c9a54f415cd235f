package io.github.mamba4j.benchmarks;

import io.github.mamba4j.engine.nd4j.Nd4jMambaBlock;
import io.github.mamba4j.kernels.DType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * ND4J, which multiplies matrices by OpenBLAS: the products of {@link MatmulBenchmark}, and the block of
 * {@link EngineBenchmark} as tensor code. Float32 on as many threads as ND4J chooses; the environment variable
 * {@code OMP_NUM_THREADS} says otherwise; and with the kernels that {@link OpenBlas} chooses for it, unless
 * {@code OPENBLAS_CORETYPE} does.
 */
public class Nd4jBenchmark extends BenchmarkDefaults {
    /** For JMH. */
    public Nd4jBenchmark() {}

    /** A product. */
    @State(Scope.Benchmark)
    public static class Matmul {
        @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
        private String preset;

        @Param({"IN_PROJ", "X_PROJ", "DT_PROJ", "OUT_PROJ", "LM_HEAD"})
        private Projection projection;

        @Param({"1", "16", "512"})
        private int rows;

        /** The size of all matrices together. */
        @Param("512")
        private int megabytes;

        private MatmulCase matmul;
        private Nd4jProduct product;

        /** For JMH. */
        public Matmul() {}

        /** Makes the matrices and checks a product. */
        @Setup
        public void setUp() {
            matmul = new MatmulCase(Dimensions.of(preset), projection, DType.F32, rows, megabytes);
            product = new Nd4jProduct(matmul);
        }

        /** Frees the matrices. */
        @TearDown
        public void tearDown() {
            matmul.close();
            product.close();
        }
    }

    /** One block. */
    @State(Scope.Benchmark)
    public static class Block {
        @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
        private String preset;

        @Param({"1", "512"})
        private int rows;

        private Nd4jMambaBlock block;
        private INDArray x;

        /** For JMH. */
        public Block() {}

        /** Makes the block and checks its output. */
        @Setup
        public void setUp() {
            OpenBlas.chooseKernels();
            try (var expected = new BlockCase(preset, rows)) {
                block = new Nd4jMambaBlock(expected.weights, Nd4jMambaBlock.Scan.TENSORS);
                x = Nd4j.createFromArray(expected.x).reshape('c', 1, rows, expected.config.dModel());
                expected.check(block.forward(x).dup('c').data().asFloat());
            }
        }
    }

    /**
     * One product.
     *
     * @param m the matrices
     * @param rates counts it
     */
    @Benchmark
    public void matmul(Matmul m, Rates.Matmul rates) {
        m.product.multiply(m.matmul.next());
        rates.count(m.matmul);
    }

    /**
     * One block.
     *
     * @param block the block
     * @param rates counts the tokens
     * @return its output
     */
    @Benchmark
    public INDArray block(Block block, Rates.Tokens rates) {
        rates.tokens += block.rows;
        return block.block.forward(block.x);
    }
}
