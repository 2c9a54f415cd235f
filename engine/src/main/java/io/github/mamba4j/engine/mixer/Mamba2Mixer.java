package io.github.mamba4j.engine.mixer;

import io.github.mamba4j.engine.Probe;
import io.github.mamba4j.engine.forward.Buffer;
import io.github.mamba4j.engine.forward.Input;
import io.github.mamba4j.engine.forward.Mixer;
import io.github.mamba4j.engine.forward.Projection;
import io.github.mamba4j.engine.forward.Projection.Part;
import io.github.mamba4j.engine.forward.Resources;
import io.github.mamba4j.engine.forward.Rows;
import io.github.mamba4j.engine.forward.Workers;
import io.github.mamba4j.engine.state.RecurrentSpec;
import io.github.mamba4j.engine.state.RecurrentState;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.conv.CausalConv.Activation;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.norm.GateOrder;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.scan.HeadScanBuffers;
import io.github.mamba4j.kernels.scan.HeadScanParameters;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.mixer.Mamba2Weights;
import java.util.List;

/**
 * The mixer of Mamba-2 (Dao and Gu 2024, section 7):
 *
 * <pre>
 * [z, xBC, dt] = in_proj(x)
 * [x, B, C]    = silu(conv1d(xBC))
 * dt           = clamp(softplus(dt + dt_bias))
 * h[p,n]       = exp(dt * A) * h[p,n] + dt * x[p] * B[n]       for each head, with B and C of its group
 * y[p]         = sum over n of h[p,n] * C[n] + D * x[p]
 * out          = out_proj(norm(y, z))
 * </pre>
 */
final class Mamba2Mixer implements Mixer {
    /** Up to so many rows, one thread is done with a norm sooner than a team is called together. */
    private static final int ROWS_ALONE = 16;

    private final Mamba2Config config;
    private final int slot;
    private final Kernels kernels;
    private final Workers workers;
    private final ConvParameters conv;
    private final HeadScanParameters scan;
    private final NormParameters norm;

    /** {@code [rows, dInner]}: the gate. */
    private final Buffer z;
    /** {@code [rows, convChannels]}: x, then B and C of each group; then, in its place, the same convolved. */
    private final Buffer xbc;
    /** {@code [rows, heads]}: the step sizes. */
    private final Buffer dt;
    /** {@code [rows, dInner]}: what the scan puts out; then, in its place, the same normed and gated. */
    private final Buffer y;
    private final Input gated;

    private final Projection inProj;
    private final Projection outProj;
    private final Workers.Task<Rows> convolve = this::convolve;
    private final Workers.Task<Rows> scanHeads = this::scanHeads;
    private final Workers.Task<Rows> normAndGate = this::normAndGate;
    /** The buffers as the scan wants them, made anew when they have grown. */
    private HeadScanBuffers io;

    Mamba2Mixer(String name, Mamba2Weights weights, Resources with) {
        config = weights.config();
        kernels = with.kernels();
        workers = with.workers();
        int dInner = config.dInner();
        int channels = config.convChannels();
        z = with.inner(0, dInner);
        xbc = with.inner(1, channels);
        dt = with.inner(2, config.heads());
        y = with.inner(3, dInner);
        gated = Input.of(y, with);
        int dtFrom = dInner + channels;
        inProj = new Projection(with, new Part(weights.inProj(), 0, dInner, weights.inProjBias(), z, 0),
                new Part(weights.inProj(), dInner, dtFrom, weights.inProjBias(), xbc, 0),
                new Part(weights.inProj(), dtFrom, dtFrom + config.heads(), weights.inProjBias(), dt, 0));
        outProj = Projection.toResidual(with, weights.outProj(), weights.outProjBias());
        conv = ConvParameters.of(weights.convWeight(), weights.convBias(), channels, Activation.SILU);
        scan = new HeadScanParameters(config.heads(), config.headDim(), config.groups(), config.dState(), weights.a(),
                weights.d(), weights.dtBias(), config.timeStepMin(), config.timeStepMax());
        norm = new NormParameters(dInner, config.norm().groups(), weights.norm(), config.norm().eps());
        slot = with.states().claim(name, new RecurrentSpec(channels, config.dConv() - 1,
                List.of(config.heads(), config.headDim(), config.dState()), scan.stateSize(), scan::pack,
                scan::unpack));
    }

    @Override
    public void addTo(Activations residual, Input x, Rows rows, float scale) {
        inProj.forward(x);
        int least = WorkQueue.areMany(rows.count()) ? WorkQueue.LEAST_OF_MANY_ROWS : config.convChannels();
        workers.share(rows, config.convChannels(), least, convolve);
        refreshBuffers();
        workers.share(rows, config.heads(), 1, scanHeads);
        rows.show(Probe.STEP_SIZE, dt.at());
        workers.shareOrAlone(rows, rows.count(), ROWS_ALONE, normAndGate);
        gated.read(rows.count());
        outProj.addTo(residual, scale, gated);
    }

    private void convolve(Rows rows, int from, int to, Scratch scratch) {
        for (int s = 0; s < rows.spans(); s++) {
            RecurrentState state = rows.recurrent(s, slot);
            kernels.conv().convolve(conv, xbc.at(), 0, xbc.at(), 0, state.conv(), rows.firstRow(s), rows.rowCount(s),
                    from, to);
        }
    }

    private void scanHeads(Rows rows, int from, int to, Scratch scratch) {
        for (int s = 0; s < rows.spans(); s++) {
            RecurrentState state = rows.recurrent(s, slot);
            kernels.headScan().scan(scan, io, state.h(), rows.firstRow(s), rows.rowCount(s), from, to, scratch);
        }
    }

    private void normAndGate(Rows rows, int from, int to, Scratch scratch) {
        if (config.norm().order() == Order.NO_NORM) {
            kernels.rows().gate(z.at(), 0, y.at(), 0, config.dInner(), from, to - from, scratch);
        } else {
            GateOrder order = config.norm().order() == Order.GATE_FIRST ? GateOrder.GATE_FIRST : GateOrder.NORM_FIRST;
            kernels.norm().gatedRmsNorm(norm, order, y.at(), 0, z.at(), 0, y.at(), 0, from, to - from, scratch);
        }
    }

    private void refreshBuffers() {
        if (io == null || io.xbc() != xbc.at()) {
            io = new HeadScanBuffers(xbc.at(), dt.at(), y.at());
        }
    }
}
