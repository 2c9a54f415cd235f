package io.github.mamba4j.engine.mixer;

import io.github.mamba4j.engine.forward.Buffer;
import io.github.mamba4j.engine.forward.Input;
import io.github.mamba4j.engine.forward.Mixer;
import io.github.mamba4j.engine.forward.Projection;
import io.github.mamba4j.engine.forward.Projection.Part;
import io.github.mamba4j.engine.forward.Resources;
import io.github.mamba4j.engine.forward.Rows;
import io.github.mamba4j.engine.forward.Workers;
import io.github.mamba4j.engine.state.RecurrentSpec;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.conv.CausalConv.Activation;
import io.github.mamba4j.kernels.conv.ConvParameters;
import io.github.mamba4j.kernels.norm.GateOrder;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.kernels.scan.DeltaRuleBuffers;
import io.github.mamba4j.kernels.scan.DeltaRuleParameters;
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.config.DeltaConfig;
import io.github.mamba4j.weights.mixer.DeltaWeights;
import java.util.List;

/**
 * The gated delta net of Qwen3-Next and Qwen3.5 (Yang, Kautz and Hatamizadeh 2024):
 *
 * <pre>
 * qkv, z, b, a = in_proj_qkv(x), in_proj_z(x), in_proj_b(x), in_proj_a(x)
 * [q, k, v]    = silu(conv1d(qkv))
 * S, y         = delta rule of q, k, v, a, b for each value head       see DeltaRule
 * out          = out_proj(norm(y) * silu(z))                           the norm of each head by itself
 * </pre>
 */
final class DeltaMixer implements Mixer {
    /** Up to so many rows, one thread is done with a norm sooner than a team is called together. */
    private static final int ROWS_ALONE = 16;

    private final DeltaConfig config;
    private final int slot;
    private final Kernels kernels;
    private final Workers workers;
    private final ConvParameters conv;
    private final DeltaRuleParameters rule;
    private final NormParameters norm;

    /** {@code [rows, convChannels]}: queries, keys and values; then, in their place, the same convolved. */
    private final Buffer qkv;
    /** {@code [rows, valueWidth]}: the gate. */
    private final Buffer z;
    /** {@code [rows, valueHeads]}: from which the decays are computed. */
    private final Buffer a;
    /** {@code [rows, valueHeads]}: beta before the sigmoid. */
    private final Buffer b;
    /** {@code [rows, valueWidth]}: what the rule puts out; then, in its place, the same normed and gated. */
    private final Buffer y;
    private final Input gated;

    private final Projection inProj;
    private final Projection outProj;
    private final Workers.Task<Rows> convolve = this::convolve;
    private final Workers.Task<Rows> scanHeads = this::scanHeads;
    private final Workers.Task<Rows> normAndGate = this::normAndGate;
    /** The buffers as the rule wants them, made anew when they have grown. */
    private DeltaRuleBuffers io;

    DeltaMixer(String name, DeltaWeights weights, Resources with) {
        config = weights.config();
        kernels = with.kernels();
        workers = with.workers();
        int heads = config.valueHeads();
        int channels = config.convChannels();
        qkv = with.inner(0, channels);
        z = with.inner(1, config.valueWidth());
        a = with.inner(2, heads);
        b = with.inner(3, heads);
        y = with.inner(4, config.valueWidth());
        gated = Input.of(y, with);
        float[] none = new float[0];
        inProj = new Projection(with, Part.of(weights.qkvProj(), none, qkv), Part.of(weights.zProj(), none, z),
                Part.of(weights.aProj(), none, a), Part.of(weights.bProj(), none, b));
        outProj = Projection.toResidual(with, weights.outProj(), none);
        conv = ConvParameters.of(weights.convWeight(), none, channels, Activation.SILU);
        rule = new DeltaRuleParameters(config.keyHeads(), heads, config.keyDim(), config.valueDim(), weights.a(),
                weights.dtBias(), false, false);
        norm = new NormParameters(config.valueWidth(), heads, repeated(weights.norm(), heads), config.normEps());
        slot = with.states().claim(name, new RecurrentSpec(channels, config.dConv() - 1,
                List.of(heads, config.keyDim(), config.valueDim()), rule.stateSize(), rule::pack, rule::unpack));
    }

    /** The weight of one head's norm for all heads. */
    private static float[] repeated(float[] weight, int heads) {
        float[] all = new float[heads * weight.length];
        for (int head = 0; head < heads; head++) {
            System.arraycopy(weight, 0, all, head * weight.length, weight.length);
        }
        return all;
    }

    @Override
    public void addTo(Activations residual, Input x, Rows rows, float scale) {
        inProj.forward(x);
        int least = WorkQueue.areMany(rows.count()) ? WorkQueue.LEAST_OF_MANY_ROWS : config.convChannels();
        workers.share(rows, config.convChannels(), least, convolve);
        refreshBuffers();
        workers.share(rows, config.valueHeads(), 1, scanHeads);
        workers.shareOrAlone(rows, rows.count(), ROWS_ALONE, normAndGate);
        gated.read(rows.count());
        outProj.addTo(residual, scale, gated);
    }

    private void convolve(Rows rows, int from, int to, Scratch scratch) {
        for (int s = 0; s < rows.spans(); s++) {
            kernels.conv().convolve(conv, qkv.at(), 0, qkv.at(), 0, rows.recurrent(s, slot).conv(), rows.firstRow(s),
                    rows.rowCount(s), from, to);
        }
    }

    private void scanHeads(Rows rows, int from, int to, Scratch scratch) {
        for (int s = 0; s < rows.spans(); s++) {
            kernels.deltaRule().scan(rule, io, rows.recurrent(s, slot).h(), rows.firstRow(s), rows.rowCount(s), from,
                    to, scratch);
        }
    }

    private void normAndGate(Rows rows, int from, int to, Scratch scratch) {
        kernels.norm().gatedRmsNorm(norm, GateOrder.NORM_FIRST, y.at(), 0, z.at(), 0, y.at(), 0, from, to - from,
                scratch);
    }

    private void refreshBuffers() {
        if (io == null || io.qkv() != qkv.at()) {
            io = new DeltaRuleBuffers(qkv.at(), a.at(), b.at(), y.at());
        }
    }
}
