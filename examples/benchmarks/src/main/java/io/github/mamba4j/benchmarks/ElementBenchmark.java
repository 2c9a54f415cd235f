package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.norm.NormParameters;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;

/**
 * The small work of a step, on one thread: norm, functions, and what sampling does with the logits. {@code values} is
 * nanoseconds per value.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ElementBenchmark extends KernelBenchmark {
    @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
    private String preset;

    private float eps;
    private float[] weight;
    private Activations row;
    private Activations normed;
    /** {@code [dInner]}: inputs of the functions, and where they work. */
    private float[] channels;
    private float[] work;
    private float[] logits;
    private float[] exponentials;

    /** For JMH. */
    public ElementBenchmark() {}

    @Override
    void prepare() {
        Dimensions config = Dimensions.of(preset);
        SplittableRandom random = new SplittableRandom(1);
        eps = config.normEps();
        weight = random(config.dModel(), random);
        row = new Activations(random(config.dModel(), random), 1, config.dModel());
        normed = Activations.allocate(1, config.dModel());
        channels = random(config.dInner(), random);
        work = new float[channels.length];
        logits = random(config.vocabSize(), random);
        exponentials = logits.clone();
        Checks.requireEqual("elements", results(reference()), results(kernels()), 0);
    }

    private static float[] random(int size, SplittableRandom random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat(-8, 8);
        }
        return values;
    }

    private float[] results(Kernels k) {
        float[] results = new float[normed.cols() + 3 * channels.length + logits.length + 2];
        k.norm().rmsNorm(NormParameters.of(weight, eps), row, 0, normed, 0, 0, 1);
        System.arraycopy(normed.data(), 0, results, 0, normed.cols());
        int at = normed.cols();
        for (int function = 0; function < 3; function++) {
            System.arraycopy(channels, 0, results, at, channels.length);
            int to = at + channels.length;
            switch (function) {
                case 0 -> k.math().exp(results, at, to);
                case 1 -> k.math().silu(results, at, to);
                default -> k.math().softplus(results, at, to);
            }
            at = to;
        }
        float[] x = Arrays.copyOf(logits, logits.length);
        results[at] = k.math().argmax(x, 0, x.length);
        results[at + 1] = k.math().expSum(x, 0, x.length);
        System.arraycopy(x, 0, results, at + 2, x.length);
        return results;
    }

    /**
     * The norm of one row, d_model wide.
     *
     * @param values counts its elements
     */
    @Benchmark
    public void rmsNorm(Rates.Values values) {
        kernels().norm().rmsNorm(NormParameters.of(weight, eps), row, 0, normed, 0, 0, 1);
        values.values += normed.cols();
    }

    /**
     * exp of d_inner values, which are copied first: work on its own results would end at infinity.
     *
     * @param values counts them
     */
    @Benchmark
    public void exp(Rates.Values values) {
        System.arraycopy(channels, 0, work, 0, work.length);
        kernels().math().exp(work, 0, work.length);
        values.values += work.length;
    }

    /**
     * silu of d_inner values, which are copied first.
     *
     * @param values counts them
     */
    @Benchmark
    public void silu(Rates.Values values) {
        System.arraycopy(channels, 0, work, 0, work.length);
        kernels().math().silu(work, 0, work.length);
        values.values += work.length;
    }

    /**
     * softplus of d_inner values, which are copied first.
     *
     * @param values counts them
     */
    @Benchmark
    public void softplus(Rates.Values values) {
        System.arraycopy(channels, 0, work, 0, work.length);
        kernels().math().softplus(work, 0, work.length);
        values.values += work.length;
    }

    /**
     * The largest of all logits.
     *
     * @param values counts the logits
     * @return its index
     */
    @Benchmark
    public int argmax(Rates.Values values) {
        values.values += logits.length;
        return kernels().math().argmax(logits, 0, logits.length);
    }

    /**
     * The exponentials of all logits and their sum; of its own results, which stay between 0 and 1.
     *
     * @param values counts the logits
     * @return the sum
     */
    @Benchmark
    public float expSum(Rates.Values values) {
        values.values += exponentials.length;
        return kernels().math().expSum(exponentials, 0, exponentials.length);
    }
}
