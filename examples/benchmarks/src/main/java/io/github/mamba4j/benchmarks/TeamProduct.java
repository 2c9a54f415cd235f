package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.linear.PackedRows;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.kernels.team.WorkQueue;
import java.util.function.IntFunction;

/**
 * Products as the engine computes them: the rows are packed once for all threads, if there are many, and threads take turns.
 * Not thread-safe.
 */
final class TeamProduct {
    /** {@code [rows, out]}. */
    final Activations y;
    private final MatmulCase matmul;
    private final Kernels kernels;
    private final ThreadTeam team;
    private final IntFunction<Scratch> scratch;
    private final int rows;
    private final PackedRows packed = new PackedRows();
    private final WorkQueue turns;
    private final ThreadTeam.Region packRegion = this::pack;
    private final ThreadTeam.Region region = this::multiply;
    /** The number of the matrix. */
    private int current;

    /**
     * Prepares.
     *
     * @param matmul the matrices
     * @param kernels the kernels
     * @param team the threads
     * @param scratch each member's working memory
     */
    TeamProduct(MatmulCase matmul, Kernels kernels, ThreadTeam team, IntFunction<Scratch> scratch) {
        this.matmul = matmul;
        this.kernels = kernels;
        this.team = team;
        this.scratch = scratch;
        rows = matmul.x.rows();
        y = Activations.allocate(rows, matmul.outputs());
        turns = new WorkQueue(team.size());
    }

    /** Multiplies by a matrix, by its number. */
    void multiply(int which) {
        current = which;
        if (kernels.linear().beginPacking(matmul.x, 0, matmul.inputs(), rows, packed)) {
            team.run(packRegion);
        }
        turns.begin(matmul.outputs(), kernels.linear().leastOutputs(rows));
        team.run(region);
    }

    private void pack(int member, int members) {
        int from = ThreadTeam.split(member, members, rows, packed.grain());
        int to = ThreadTeam.split(member + 1, members, rows, packed.grain());
        kernels.linear().packRows(packed, from, to - from, scratch.apply(member));
    }

    private void multiply(int member, int members) {
        for (long t = turns.next(member); t != WorkQueue.NONE; t = turns.next(member)) {
            kernels.linear().matmul(matmul.weights.get(current), WorkQueue.from(t), WorkQueue.to(t), packed, y, 0, 0,
                    rows,
                    scratch.apply(member));
        }
    }
}
