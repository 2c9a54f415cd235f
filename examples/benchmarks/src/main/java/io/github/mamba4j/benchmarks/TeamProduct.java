package io.github.mamba4j.benchmarks;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.PackedRows;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.ThreadTeam;
import io.github.mamba4j.kernels.Turns;
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
    private final Turns turns;
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
        turns = new Turns(team.size());
    }

    /** Multiplies by a matrix, by its number. */
    void multiply(int which) {
        current = which;
        if (kernels.beginPacking(matmul.x, 0, matmul.inputs(), rows, packed)) {
            team.run(packRegion);
        }
        turns.begin(matmul.outputs(), kernels.leastOutputs(rows));
        team.run(region);
    }

    private void pack(int member, int members) {
        int from = ThreadTeam.split(member, members, rows, packed.grain());
        int to = ThreadTeam.split(member + 1, members, rows, packed.grain());
        kernels.packRows(packed, from, to - from, scratch.apply(member));
    }

    private void multiply(int member, int members) {
        for (long t = turns.next(member); t != Turns.NONE; t = turns.next(member)) {
            kernels.matmul(matmul.weights.get(current), Turns.from(t), Turns.to(t), packed, y, 0, 0, rows,
                    scratch.apply(member));
        }
    }
}
