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
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.conv.CausalConv.Activation;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.scan.ScanLayout;
import io.github.mamba4j.kernels.scan.ScanParameters;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.util.List;

/**
 * The mixer of Mamba (Gu and Dao 2023, figure 3 and algorithm 2):
 *
 * <pre>
 * [u, z]    = in_proj(x)
 * u         = silu(conv1d(u))
 * [r, B, C] = x_proj(u)                          each normed by itself in some families
 * dt        = softplus(dt_proj(r) + dt_bias)
 * h[c,n]    = exp(dt[c] * A[c,n]) * h[c,n] + dt[c] * B[n] * u[c]
 * y[c]      = sum over n of h[c,n] * C[n] + D[c] * u[c]
 * out       = out_proj(y * silu(z))
 * </pre>
 */
final class Mamba1Mixer implements Mixer {
    private static final float[] NO_BIAS = {};
    /** Up to so many rows, one thread is done with the inner norms sooner than a team is called together. */
    private static final int ROWS_ALONE = 16;

    private final Mamba1Config config;
    private final int slot;
    private final Kernels kernels;
    private final Workers workers;
    private final Matrix dtProjWeights;
    private final ConvParameters conv;
    private final ScanParameters scan;
    /** The norms on r, B and C; none, or three. */
    private final NormParameters[] innerNorms;

    /** {@code [rows, dInner]}: the first half of what in_proj puts out; then, in its place, the same convolved. */
    private final Buffer u;
    /** {@code [rows, dInner]}: the second half, the gate z; then, in its place, the gated output of the scan. */
    private final Buffer zy;
    /** {@code [rows, dtRank + 2 * dState]}: what x_proj puts out: dt's low-rank form, then B, then C. */
    private final Buffer rbc;
    /** {@code [rows, dInner]}: the step sizes. */
    private final Buffer dt;
    private final Input convolved;
    private final Input gated;

    private final Projection inProj;
    private final Projection xProj;
    private final Projection outProj;
    private final Workers.Task<Rows> convolve = this::convolve;
    private final Workers.Task<Rows> normInside = this::normInside;
    private final Workers.Task<Rows> projectAndScan = this::projectAndScan;
    /** The buffers as the scan wants them, made anew when they have grown. */
    private ScanBuffers io;

    Mamba1Mixer(String name, Mamba1Weights weights, Resources with) {
        config = weights.config();
        kernels = with.kernels();
        workers = with.workers();
        int dInner = config.dInner();
        u = with.inner(0, dInner);
        zy = with.inner(1, dInner);
        rbc = with.inner(2, config.dtRank() + 2 * config.dState());
        dt = with.inner(3, dInner);
        convolved = Input.of(u, with);
        gated = Input.of(zy, with);
        inProj = new Projection(with, new Part(weights.inProj(), 0, dInner, weights.inProjBias(), u, 0),
                new Part(weights.inProj(), dInner, 2 * dInner, weights.inProjBias(), zy, 0));
        xProj = new Projection(with, Part.of(weights.xProj(), NO_BIAS, rbc));
        outProj = Projection.toResidual(with, weights.outProj(), weights.outProjBias());
        dtProjWeights = weights.dtProj();
        conv = ConvParameters.of(weights.convWeight(), weights.convBias(), dInner, Activation.SILU);
        scan = ScanParameters.ofA(weights.a(), weights.d(), weights.dtBias());
        innerNorms = config.innerNorm().map(norm -> innerNorms(norm.eps(), weights)).orElse(new NormParameters[0]);
        ScanLayout layout = scan.layout();
        slot = with.states().claim(name, new RecurrentSpec(dInner, config.dConv() - 1,
                List.of(dInner, config.dState()), layout.size(), layout::pack, layout::unpack));
    }

    private NormParameters[] innerNorms(float eps, Mamba1Weights weights) {
        return new NormParameters[]{new NormParameters(config.dtRank(), 1, weights.dtNorm(), eps),
                new NormParameters(config.dState(), 1, weights.bNorm(), eps),
                new NormParameters(config.dState(), 1, weights.cNorm(), eps)};
    }

    @Override
    public void addTo(Activations residual, Input x, Rows rows, float scale) {
        int least = WorkQueue.areMany(rows.count()) ? WorkQueue.LEAST_OF_MANY_ROWS : config.dInner();
        inProj.forward(x);
        workers.share(rows, config.dInner(), least, convolve);
        convolved.read(rows.count());
        xProj.forward(convolved);
        if (innerNorms.length > 0) {
            workers.shareOrAlone(rows, rows.count(), ROWS_ALONE, normInside);
        }
        refreshBuffers();
        workers.share(rows, config.dInner(), least, projectAndScan);
        rows.show(Probe.STEP_SIZE, dt.at());
        gated.read(rows.count());
        outProj.addTo(residual, scale, gated);
    }

    private void convolve(Rows rows, int from, int to, Scratch scratch) {
        for (int s = 0; s < rows.spans(); s++) {
            RecurrentState state = rows.recurrent(s, slot);
            kernels.conv().convolve(conv, u.at(), 0, u.at(), 0, state.conv(), rows.firstRow(s), rows.rowCount(s), from,
                    to);
        }
    }

    private void normInside(Rows rows, int from, int to, Scratch scratch) {
        int col = 0;
        for (NormParameters norm : innerNorms) {
            kernels.norm().rmsNorm(norm, rbc.at(), col, rbc.at(), col, from, to - from);
            col += norm.cols();
        }
    }

    private void projectAndScan(Rows rows, int from, int to, Scratch scratch) {
        kernels.linear().matmul(dtProjWeights, from, to, rbc.at(), 0, dt.at(), 0, 0, rows.count(), scratch);
        for (int s = 0; s < rows.spans(); s++) {
            RecurrentState state = rows.recurrent(s, slot);
            kernels.selectiveScan().scan(scan, io, state.h(), rows.firstRow(s), rows.rowCount(s), from, to,
                    scratch);
        }
    }

    private void refreshBuffers() {
        if (io == null || io.u() != u.at()) {
            int bCol = config.dtRank();
            io = new ScanBuffers(u.at(), dt.at(), rbc.at(), bCol, bCol + config.dState(), zy.at(), 0, zy.at());
        }
    }
}
