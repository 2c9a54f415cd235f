package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.linear.PackedRows;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.MambaConfig;

/**
 * What all layers of a model work with: kernels, threads, the rows at hand, and the buffers their activations are in.
 * There is one set of buffers for all layers, because a layer's activations are of no use to the next; only the residual
 * stream goes on.
 *
 * <p>Buffers grow to the largest number of rows seen: who only decodes does not pay for prompts.
 */
final class Workspace {
    final Kernels kernels;
    final ThreadTeam team;
    final Pass pass = new Pass();
    private final Scratch[] scratch;
    private final MambaConfig config;

    /** {@code [rows, dModel]}: the residual stream. */
    Activations residual;
    /** {@code [rows, dModel]}: what a norm puts out. */
    Activations normed;
    /** {@code [rows, dInner]}: the first half of what in_proj puts out; then, in its place, the same convolved. */
    Activations u;
    /** {@code [rows, dtRank + 2 * dState]}: what x_proj puts out; dt's low-rank form, then B, then C. */
    Activations rbc;
    /** {@code [rows, dInner]}: the step sizes. */
    Activations dt;
    /** {@code [rows, dInner]}: the second half, the gate z; then, in its place, the gated output of the scan. */
    Activations zy;
    /** {@code [rows, dModel]}: what out_proj puts out. */
    Activations mixed;
    /** {@code normed} for in_proj, then {@code zy} for out_proj, as the products of many rows want them. */
    final PackedRows packed = new PackedRows();
    /** How the team shares a region: the gate's half of in_proj, then the scan, then out_proj; and the head. */
    final WorkQueue turns;
    /** The above as the scan wants them. */
    ScanBuffers scan;

    Workspace(MambaConfig config, Kernels kernels, ThreadTeam team) {
        this.config = config;
        this.kernels = kernels;
        this.team = team;
        turns = new WorkQueue(team.size());
        scratch = new Scratch[team.size()];
        for (int i = 0; i < scratch.length; i++) {
            scratch[i] = new Scratch();
        }
        allocate(1);
    }

    /** The working memory of a member of the team. */
    Scratch scratch(int member) {
        return scratch[member];
    }

    /** Makes room for a number of rows; what the buffers hold is lost. */
    void ensureRows(int rows, int maxRows) {
        if (residual.rows() < rows) {
            // In steps, so that a batch that grows row by row does not allocate every time.
            allocate(Math.clamp(2L * residual.rows(), rows, maxRows));
        }
    }

    /** The rows that a pass may have: as many as are wanted, if the widest of the buffers is still an array then. */
    static int rowsThatFit(MambaConfig config, int wanted) {
        int widest = Math.max(config.dInner(),
                Math.max(config.dModel(), config.dtRank() + 2 * config.dState()));
        return Math.min(wanted, (Integer.MAX_VALUE - 8) / widest);
    }

    /** All or nothing: if memory runs out midway, the buffers of before still fit each other. */
    private void allocate(int rows) {
        int dInner = config.dInner();
        Activations newResidual = Activations.allocate(rows, config.dModel());
        Activations newNormed = Activations.allocate(rows, config.dModel());
        Activations newU = Activations.allocate(rows, dInner);
        Activations newRbc = Activations.allocate(rows, config.dtRank() + 2 * config.dState());
        Activations newDt = Activations.allocate(rows, dInner);
        Activations newZy = Activations.allocate(rows, dInner);
        Activations newMixed = Activations.allocate(rows, config.dModel());
        scan = new ScanBuffers(newU, newDt, newRbc, config.dtRank(), config.dtRank() + config.dState(), newZy, 0,
                newZy);
        residual = newResidual;
        normed = newNormed;
        u = newU;
        rbc = newRbc;
        dt = newDt;
        zy = newZy;
        mixed = newMixed;
    }
}
