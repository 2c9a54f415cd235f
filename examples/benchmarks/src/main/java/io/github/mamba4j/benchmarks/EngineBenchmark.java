package io.github.mamba4j.benchmarks;

import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The engine itself, on all processors: one block, a prompt, decoding. The methods of other libraries' benchmarks have
 * the same names and do the same.
 */
public class EngineBenchmark extends BenchmarkDefaults {
    /** For JMH. */
    public EngineBenchmark() {}

    /** One block. */
    @State(Scope.Benchmark)
    public static class Block {
        @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
        private String preset;

        @Param({"1", "512"})
        private int rows;

        private BlockCase block;

        /** For JMH. */
        public Block() {}

        /** Makes the block. */
        @Setup
        public void setUp() {
            block = new BlockCase(preset, rows);
        }

        /** Ends its threads. */
        @TearDown
        public void tearDown() {
            block.close();
        }
    }

    /** A whole model. */
    @State(Scope.Benchmark)
    public static class Model {
        @Param({"mamba-130m", "mamba-370m", "mamba-1.4b"})
        private String preset;

        @Param({"F32", "BF16", "F16"})
        private DType dtype;

        /** A checkpoint, in place of random weights of the preset. */
        @Param("")
        private String checkpoint;

        @Param("512")
        private int promptTokens;

        private MambaModel model;
        private MambaState state;
        private int[] prompt;
        private float[] logits;
        private int next;

        /** For JMH. */
        public Model() {}

        /**
         * Makes or loads the model.
         *
         * @throws IOException if the checkpoint cannot be loaded
         */
        @Setup
        public void setUp() throws IOException {
            model = checkpoint.isEmpty()
                    ? MambaModel.of(ModelWeights.random(Dimensions.of(preset).model(), dtype, 1),
                            ModelOptions.defaults())
                    : MambaModel.load(Path.of(checkpoint), ModelOptions.builder().dtype(dtype).build());
            state = model.newState();
            prompt = prompt(promptTokens, model.config().vocabSize());
            logits = new float[model.config().vocabSize()];
        }

        /** Closes the model. */
        @TearDown
        public void tearDown() {
            model.close();
        }
    }

    /** The prompt that all libraries are given. */
    static int[] prompt(int tokens, int vocabSize) {
        return new Random(1).ints(tokens, 0, vocabSize).toArray();
    }

    /**
     * One block, with embedding and norms around it.
     *
     * @param block the block
     * @param rates counts the tokens
     */
    @Benchmark
    public void block(Block block, Rates.Tokens rates) {
        block.block.run(ForwardObserver.NONE);
        rates.tokens += block.rows;
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
        m.state.reset();
        rates.tokens += m.prompt.length;
        return m.model.prefill(m.state, m.prompt);
    }

    /**
     * A greedy decoding step.
     *
     * @param m the model
     * @param rates counts the token
     */
    @Benchmark
    public void decode(Model m, Rates.Tokens rates) {
        m.model.step(m.state, m.next, m.logits);
        m.next = m.model.kernels().math().argmax(m.logits, 0, m.logits.length);
        rates.tokens++;
    }
}
