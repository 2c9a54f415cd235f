package io.github.mamba4j.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.core.Linear;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * PyTorch through DJL: the products of {@link MatmulBenchmark}, and block and prompt of {@link EngineBenchmark} as
 * tensor code. Float32 on as many threads as PyTorch chooses, one per core.
 */
public class PyTorchBenchmark extends BenchmarkDefaults {
    /** DJL's name of the engine. */
    static final String ENGINE = "PyTorch";

    /** PyTorch adds up in another order. */
    private static final float TOLERANCE = 1e-3f;
    /** As above, after many blocks and for logits of about 1. */
    private static final float LOGITS_TOLERANCE = 1e-2f;

    /** For JMH. */
    public PyTorchBenchmark() {}

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

        private NDManager manager;
        private MatmulCase matmul;
        private final List<NDArray> weights = new ArrayList<>();
        private NDArray x;

        /** For JMH. */
        public Matmul() {}

        /** Makes the matrices and checks a product. */
        @Setup
        public void setUp() {
            manager = NDManager.newBaseManager(ENGINE);
            matmul = new MatmulCase(Dimensions.of(preset), projection, DType.F32, rows, megabytes);
            matmul.weights.forEach(w -> weights.add(TorchBlock.matrix(manager, w)));
            x = manager.create(matmul.x.data(), new Shape(rows, matmul.inputs()));
            try (NDArray y = multiply(0)) {
                matmul.check(y.toFloatArray(), TOLERANCE);
            }
        }

        private NDArray multiply(int which) {
            return Linear.linear(x, weights.get(which)).singletonOrThrow();
        }

        /** Frees the matrices. */
        @TearDown
        public void tearDown() {
            weights.clear();
            matmul.close();
            manager.close();
        }
    }

    /** One block. */
    @State(Scope.Benchmark)
    public static class Block {
        @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
        private String preset;

        @Param({"1", "512"})
        private int rows;

        private NDManager manager;
        private TorchBlock block;
        private float[] x;
        private Shape shape;

        /** For JMH. */
        public Block() {}

        /** Makes the block and checks its output. */
        @Setup
        public void setUp() {
            manager = NDManager.newBaseManager(ENGINE);
            try (var expected = new BlockCase(preset, rows)) {
                block = new TorchBlock(manager, expected.weights);
                x = expected.x;
                shape = new Shape(rows, expected.config.dModel());
                expected.check(forward());
            }
        }

        private float[] forward() {
            try (NDManager scope = manager.newSubManager()) {
                return block.forward(scope.create(x, shape)).toFloatArray();
            }
        }

        /** Frees the block. */
        @TearDown
        public void tearDown() {
            manager.close();
        }
    }

    /** A whole model. */
    @State(Scope.Benchmark)
    public static class Model {
        @Param({"mamba-130m", "mamba-370m", "mamba-1.4b"})
        private String preset;

        @Param("512")
        private int promptTokens;

        private NDManager manager;
        private TorchModel model;
        private int[] prompt;

        /** For JMH. */
        public Model() {}

        /** Makes the model and checks its logits. */
        @Setup
        public void setUp() {
            ModelWeights weights = ModelWeights.random(Dimensions.of(preset).model(), DType.F32, 1);
            prompt = EngineBenchmark.prompt(promptTokens, weights.config().vocabSize());
            manager = NDManager.newBaseManager(ENGINE);
            model = new TorchModel(manager, weights);
            try (MambaModel expected = MambaModel.of(weights, ModelOptions.defaults())) {
                Checks.requireEqual("logit", expected.prefill(expected.newState(), prompt), model.prefill(prompt),
                        LOGITS_TOLERANCE);
            }
        }

        /** Frees the model. */
        @TearDown
        public void tearDown() {
            manager.close();
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
        m.multiply(m.matmul.next()).close();
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
    public float[] block(Block block, Rates.Tokens rates) {
        rates.tokens += block.rows;
        return block.forward();
    }

    /**
     * A prompt, up to the logits after its last token.
     *
     * @param m the model
     * @param rates counts the tokens
     * @return the logits
     */
    @Benchmark
    public float[] prefill(Model m, Rates.Tokens rates) {
        rates.tokens += m.prompt.length;
        return m.model.prefill(m.prompt);
    }
}
