package io.github.mamba4j.benchmarks;

import de.kherud.llama.InferenceParameters;
import de.kherud.llama.LlamaModel;
import de.kherud.llama.ModelParameters;
import de.kherud.llama.args.LogFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * llama.cpp through its Java binding, for a GGUF file that is named by {@code -p gguf=FILE}; without one it is skipped.
 * Compare with {@link EngineBenchmark} on a checkpoint of the same weights, {@code -p checkpoint=DIR}.
 */
public class LlamaBenchmark extends BenchmarkDefaults {
    private static final int CONTEXT = 2048;
    private static final int DECODED = 64;
    private static final String SENTENCE = "Once upon a time there was a little dog who liked to run in the park. ";

    /** The file. */
    @Param("")
    private String gguf;

    /** How many threads; 0 for one per processor. */
    @Param("0")
    private int threads;

    /** The prompt has at least so many tokens, and at most a sentence's more. */
    @Param("512")
    private int promptTokens;

    private LlamaModel model;
    private String prompt;
    private int count;

    /** For JMH. */
    public LlamaBenchmark() {}

    /** Loads the model, if there is one. */
    @Setup
    public void setUp() {
        if (gguf.isEmpty() || !Files.isReadable(Path.of(gguf))) {
            throw new IllegalStateException("skipped: name a readable GGUF file by -p gguf=FILE, found '" + gguf + "'");
        }
        LlamaModel.setLogger(LogFormat.TEXT, (level, message) -> {});
        int n = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        model = new LlamaModel(new ModelParameters().setModel(gguf).setThreads(n).setThreadsBatch(n).setCtxSize(CONTEXT)
                .setBatchSize(CONTEXT));
        prompt = SENTENCE;
        while (model.encode(prompt).length < promptTokens) {
            prompt += SENTENCE;
        }
        count = model.encode(prompt).length;
    }

    /** Frees the model. */
    @TearDown
    public void tearDown() {
        if (model != null) {
            model.close();
        }
    }

    /**
     * A prompt, and one token, which takes no step of its own.
     *
     * @param rates counts the prompt's tokens
     * @return the token's text
     */
    @Benchmark
    public String prefill(Rates.Tokens rates) {
        rates.tokens += count;
        return model.complete(new InferenceParameters(prompt).setNPredict(1).setCachePrompt(false));
    }

    /**
     * A text from a prompt of a word: as many steps as tokens.
     *
     * @param rates counts them
     * @return the text
     */
    @Benchmark
    public String decode(Rates.Tokens rates) {
        rates.tokens += DECODED;
        return model.complete(new InferenceParameters("Once").setNPredict(DECODED).setTemperature(0)
                .setIgnoreEos(true).setCachePrompt(false));
    }
}
