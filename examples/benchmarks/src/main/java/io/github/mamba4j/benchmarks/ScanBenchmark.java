package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.scan.ScanParameters;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;

/**
 * The work along time: the selective scan with all that is fused into it (softplus, skip connection, gate), the same with
 * dt_proj before it, and the convolution with its silu. Values are tokens times channels, so {@code values} is nanoseconds per token and channel:
 * of all threads together, of one with {@code -p threads=1}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScanBenchmark extends KernelBenchmark {
    /** Channels that are checked: as many as one thread of the engine takes at least. */
    private static final int CHECKED = GRAIN;

    @Param({"mamba-130m", "mamba-370m", "mamba-1.4b", "mamba-2.8b"})
    private String preset;

    /** Tokens: a decoding step, or a prompt. */
    @Param({"1", "512"})
    private int rows;

    private int dInner;
    private ConvParameters conv;
    private ScanParameters scan;
    /** {@code [rows, 2 * dInner]}: u before the convolution, then the gate. */
    private Activations uz;
    private ScanBuffers buffers;
    private float[] window;
    private float[] h;
    private final ThreadTeam.Region scanRegion = this::scan;
    private final ThreadTeam.Region convRegion = this::convolve;

    /** For JMH. */
    public ScanBenchmark() {}

    @Override
    void prepare() {
        Dimensions config = Dimensions.oneBlock(preset);
        var layer = (Mamba1Weights) ModelWeights.random(config.model(), DType.F32, 1).blocks().getFirst().mixer();
        dInner = config.dInner();
        // Another order of the same random filters.
        conv = new ConvParameters(dInner, config.mixer().dConv(), layer.convWeight(), layer.convBias(),
                CausalConv.Activation.SILU);
        scan = ScanParameters.ofA(layer.a(), layer.d(), layer.dtBias());
        check(config);
        fill(config);
    }

    /** Random inputs, the same each time. */
    private void fill(Dimensions config) {
        SplittableRandom random = new SplittableRandom(2);
        uz = random(rows, 2 * dInner, random);
        int r = config.dtRank();
        int n = config.dState();
        buffers = new ScanBuffers(random(rows, dInner, random), random(rows, dInner, random),
                random(rows, r + 2 * n, random), r, r + n, uz, dInner, Activations.allocate(rows, dInner));
        window = new float[conv.stateSize()];
        h = new float[scan.stateSize()];
    }

    private static Activations random(int rows, int cols, SplittableRandom random) {
        Activations values = Activations.allocate(rows, cols);
        for (int i = 0; i < values.data().length; i++) {
            values.data()[i] = random.nextFloat(-1, 1);
        }
        return values;
    }

    private void check(Dimensions config) {
        float[][] expected = runOnce(reference(), config);
        float[][] actual = runOnce(kernels(), config);
        for (int i = 0; i < expected.length; i++) {
            Checks.requireEqual("scan", expected[i], actual[i], 0);
        }
    }

    private float[][] runOnce(Kernels k, Dimensions config) {
        fill(config);
        k.conv().convolve(conv, uz, 0, buffers.u(), 0, window, 0, rows, 0, CHECKED);
        k.selectiveScan().scan(scan, buffers, h, 0, rows, 0, CHECKED, new Scratch());
        return new float[][]{buffers.u().data(), window, buffers.y().data(), h};
    }

    /**
     * The scan of a prompt, or a step of it. The step sizes of one scan are the next one's input to softplus: they stay
     * between their bias and 1, and no value changes the time it takes.
     *
     * @param values counts tokens times channels
     */
    @Benchmark
    public void selectiveScan(Rates.Values values) {
        team().run(scanRegion);
        values.values += (long) rows * dInner;
    }

    /**
     * The convolution of a prompt, or a step of it.
     *
     * @param values counts tokens times channels
     */
    @Benchmark
    public void convSilu(Rates.Values values) {
        team().run(convRegion);
        values.values += (long) rows * dInner;
    }

    private void scan(int member, int members) {
        kernels().selectiveScan().scan(scan, buffers, h, 0, rows, from(member, members), from(member + 1, members),
                scratch(member));
    }

    private void convolve(int member, int members) {
        kernels().conv().convolve(conv, uz, 0, buffers.u(), 0, window, 0, rows, from(member, members),
                from(member + 1, members));
    }

    private int from(int member, int members) {
        return ThreadTeam.split(member, members, dInner, GRAIN);
    }
}
