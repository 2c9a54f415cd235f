package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.PackedRows;
import io.github.mamba4j.kernels.ThreadTeam;
import io.github.mamba4j.kernels.Turns;
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
    private Activations y;
    private int current;
    private final PackedRows packed = new PackedRows();
    private Turns turns;
    private final ThreadTeam.Region packRegion = this::pack;
    private final ThreadTeam.Region region = this::multiply;

    /** For JMH. */
    public MatmulBenchmark() {}

    @Override
    void prepare() {
        matmul = new MatmulCase(Dimensions.of(preset), projection, dtype, rows, megabytes);
        y = Activations.allocate(rows, matmul.outputs());
        turns = new Turns(team().size());
        multiply();
        matmul.check(y.data(), 0);
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
        current = matmul.next();
        multiply();
        rates.count(matmul);
    }

    /** As the engine does it: the rows are packed once for all threads, if there are many, and threads take turns. */
    private void multiply() {
        if (kernels().beginPacking(matmul.x, 0, matmul.inputs(), rows, packed)) {
            team().run(packRegion);
        }
        turns.begin(matmul.outputs(), Turns.leastOutputs(rows));
        team().run(region);
    }

    private void pack(int member, int members) {
        int from = ThreadTeam.split(member, members, rows, packed.grain());
        int to = ThreadTeam.split(member + 1, members, rows, packed.grain());
        kernels().packRows(packed, from, to - from, scratch(member));
    }

    private void multiply(int member, int members) {
        for (long t = turns.next(member); t != Turns.NONE; t = turns.next(member)) {
            kernels().matmul(matmul.weights.get(current), Turns.from(t), Turns.to(t), packed, y, 0, 0, rows,
                    scratch(member));
        }
    }
}
