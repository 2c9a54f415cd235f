package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.scan.ScanParameters;
import io.github.mamba4j.kernels.team.RowShares;
import io.github.mamba4j.kernels.team.ThreadTeam;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;

/**
 * The selective state-space layer of Mamba (Gu and Dao 2023, section 3.4), for each row x of its input:
 *
 * <pre>
 * [u, z]    = in_proj(x)                                       in_proj and out_proj with or without bias
 * u         = silu(conv1d(u))                                  depthwise, causal
 * [r, B, C] = x_proj(u)
 * dt        = softplus(dt_proj(r) + dt_bias)
 * h[c,n]    = exp(dt[c] * A[c,n]) * h[c,n] + dt[c] * B[n] * u[c]
 * y[c]      = sum_n h[c,n] * C[n] + D[c] * u[c]
 * out       = out_proj(y * silu(z))
 * </pre>
 *
 * Convolution and scan treat every channel by itself, so a thread takes a range of channels from in_proj through the
 * convolution, and again from dt_proj through the scan. The team meets only where all channels flow together: before x_proj,
 * after it, before out_proj and after it; and, if there are many rows, once more to pack what out_proj reads. Whoever is
 * ready sooner takes some of another's work ({@link WorkQueue}), so that all are ready at the same time: of in_proj the gate's
 * half, which nothing follows, and of scan and out_proj any part.
 */
final class MambaMixer {
    /** x_proj has few outputs; finer shares keep more threads busy. */
    private static final int FINE_GRAIN = 4;

    private final Matrix inProj;
    private final float[] inProjBias;
    private final Matrix xProj;
    private final Matrix dtProj;
    private final Matrix outProj;
    private final float[] outProjBias;
    private final ConvParameters conv;
    private final ScanParameters scan;
    private final int layer;
    private final int dModel;
    private final int dInner;
    private final Workspace w;
    /** Into how many ranges out_proj's rows are cut in the present pass. */
    private int outRowParts;

    private final ThreadTeam.Region packRows = this::packRows;
    private final ThreadTeam.Region projectInAndConvolve = this::projectInAndConvolve;
    private final ThreadTeam.Region projectToDtBC = this::projectToDtBC;
    private final ThreadTeam.Region scanChannels = this::scanChannels;
    private final ThreadTeam.Region projectOutAndAdd = this::projectOutAndAdd;

    MambaMixer(MambaConfig config, MambaWeights.Layer weights, int layer, Workspace w) {
        this.layer = layer;
        this.w = w;
        dModel = config.dModel();
        dInner = config.dInner();
        inProj = weights.inProj();
        inProjBias = weights.inProjBias();
        xProj = weights.xProj();
        dtProj = weights.dtProj();
        outProj = weights.outProj();
        outProjBias = weights.outProjBias();
        conv = ConvParameters.of(weights.convWeight(), weights.convBias(), dInner, CausalConv.Activation.SILU);
        scan = ScanParameters.ofALog(weights.aLog(), weights.d(), weights.dtBias());
    }

    /** Reads {@code normed}, prepared by the norm; adds to {@code residual}, and moves the states of this layer on. */
    void addTo() {
        int rows = w.pass.rows();
        w.turns.begin(dInner, w.kernels.linear().leastOutputs(rows));
        w.team.run(projectInAndConvolve);
        w.team.run(projectToDtBC);
        w.turns.begin(dInner, WorkQueue.areMany(rows) ? WorkQueue.LEAST_OF_MANY_ROWS : dInner);
        w.team.run(scanChannels);
        if (w.kernels.linear().beginPacking(w.zy, 0, dInner, rows, w.packed)) {
            w.team.run(packRows);
        }
        outRowParts = RowShares.rowParts(w.team.size(), rows, dModel);
        w.turns.begin(outRowParts * dModel, w.kernels.linear().leastOutputs(rows));
        w.team.run(projectOutAndAdd);
    }

    private void packRows(int member, int members) {
        int rows = w.pass.rows();
        int from = ThreadTeam.split(member, members, rows, w.packed.grain());
        int to = ThreadTeam.split(member + 1, members, rows, w.packed.grain());
        w.kernels.linear().packRows(w.packed, from, to - from, w.scratch(member));
    }

    private void projectInAndConvolve(int member, int members) {
        int from = ThreadTeam.split(member, members, dInner, WorkQueue.GRAIN);
        int to = ThreadTeam.split(member + 1, members, dInner, WorkQueue.GRAIN);
        projectIn(from, to, w.u, 0, member);
        Pass pass = w.pass;
        for (int p = 0; p < pass.pieces(); p++) {
            w.kernels.conv().convolve(conv, w.u, 0, w.u, 0, pass.state(p).conv(layer), pass.firstRow(p),
                    pass.rowCount(p), from, to);
        }
        for (long t = w.turns.next(member); t != WorkQueue.NONE; t = w.turns.next(member)) {
            projectIn(dInner + WorkQueue.from(t), dInner + WorkQueue.to(t), w.zy, -dInner, member);
        }
    }

    private void projectIn(int from, int to, Activations out, int outCol, int member) {
        int rows = w.pass.rows();
        w.kernels.linear().matmul(inProj, from, to, w.packed, out, outCol, 0, rows, w.scratch(member));
        addBias(inProjBias, out, outCol, 0, rows, from, to);
    }

    private void projectToDtBC(int member, int members) {
        int rows = w.pass.rows();
        int rowParts = RowShares.rowParts(members, rows, xProj.rows());
        int outParts = members / rowParts;
        int firstRow = RowShares.rowFrom(member / outParts, rowParts, rows, w.packed.grain());
        int lastRow = RowShares.rowFrom(member / outParts + 1, rowParts, rows, w.packed.grain());
        int from = ThreadTeam.split(member % outParts, outParts, xProj.rows(), FINE_GRAIN);
        int to = ThreadTeam.split(member % outParts + 1, outParts, xProj.rows(), FINE_GRAIN);
        w.kernels.linear().matmul(xProj, from, to, w.u, 0, w.rbc, 0, firstRow, lastRow - firstRow, w.scratch(member));
    }

    private void scanChannels(int member, int members) {
        for (long t = w.turns.next(member); t != WorkQueue.NONE; t = w.turns.next(member)) {
            scan(WorkQueue.from(t), WorkQueue.to(t), member);
        }
    }

    private void scan(int from, int to, int member) {
        Pass pass = w.pass;
        w.kernels.linear().matmul(dtProj, from, to, w.rbc, 0, w.dt, 0, 0, pass.rows(), w.scratch(member));
        for (int p = 0; p < pass.pieces(); p++) {
            w.kernels.selectiveScan().scan(scan, w.scan, pass.state(p).ssm(layer), pass.firstRow(p), pass.rowCount(p),
                    from,
                    to, w.scratch(member));
        }
    }

    /** Items are the outputs of one range of rows after those of another; a piece may end one and begin the next. */
    private void projectOutAndAdd(int member, int members) {
        for (long t = w.turns.next(member); t != WorkQueue.NONE; t = w.turns.next(member)) {
            int to = WorkQueue.to(t);
            for (int from = WorkQueue.from(t); from < to;) {
                int part = from / dModel;
                int end = Math.min(to, (part + 1) * dModel);
                projectOutAndAdd(part, from - part * dModel, end - part * dModel, member);
                from = end;
            }
        }
    }

    private void projectOutAndAdd(int part, int from, int to, int member) {
        int rows = w.pass.rows();
        int firstRow = RowShares.rowFrom(part, outRowParts, rows, w.packed.grain());
        int count = RowShares.rowFrom(part + 1, outRowParts, rows, w.packed.grain()) - firstRow;
        w.kernels.linear().matmul(outProj, from, to, w.packed, w.mixed, 0, firstRow, count, w.scratch(member));
        addBias(outProjBias, w.mixed, 0, firstRow, count, from, to);
        w.kernels.rows().add(w.mixed, w.residual, firstRow, count, from, to);
    }

    /** An empty bias is none. */
    private void addBias(float[] bias, Activations out, int outCol, int firstRow, int rowCount, int from, int to) {
        if (bias.length > 0) {
            w.kernels.rows().addBias(bias, out, outCol, firstRow, rowCount, from, to);
        }
    }
}
