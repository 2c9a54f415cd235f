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
import io.github.mamba4j.kernels.team.WorkQueue;
import io.github.mamba4j.weights.mixer.ShortConvWeights;
import java.util.List;

/**
 * The gated short convolution of LFM2:
 *
 * <pre>
 * [B, C, x] = in_proj(n)
 * out       = out_proj(C * conv1d(B * x))
 * </pre>
 *
 * It remembers the last few {@code B * x}.
 */
final class ShortConvMixer implements Mixer {
    private final int channels;
    private final int slot;
    private final Kernels kernels;
    private final Workers workers;
    private final ConvParameters conv;

    /** {@code [rows, 3 * channels]}: B, C and x; then, in place of x, what goes into out_proj. */
    private final Buffer bcx;
    private final Input gated;

    private final Projection inProj;
    private final Projection outProj;
    private final Workers.Task<Rows> convolve = this::convolve;

    ShortConvMixer(String name, ShortConvWeights weights, Resources with) {
        channels = weights.config().channels();
        kernels = with.kernels();
        workers = with.workers();
        bcx = with.inner(0, 3 * channels);
        gated = new Input(bcx, 2 * channels, channels, with);
        inProj = new Projection(with, Part.of(weights.inProj(), weights.inProjBias(), bcx));
        outProj = Projection.toResidual(with, weights.outProj(), weights.outProjBias());
        conv = ConvParameters.of(weights.convWeight(), weights.convBias(), channels, Activation.NONE);
        slot = with.states().claim(name, new RecurrentSpec(channels, weights.config().taps() - 1, List.of(), 0, h -> h,
                h -> h));
    }

    @Override
    public void addTo(Activations residual, Input x, Rows rows, float scale) {
        inProj.forward(x);
        int least = WorkQueue.areMany(rows.count()) ? WorkQueue.LEAST_OF_MANY_ROWS : channels;
        workers.share(rows, channels, least, convolve);
        gated.read(rows.count());
        outProj.addTo(residual, scale, gated);
    }

    /** Some channels, each of which is a sequence of its own from B to the product with C. */
    private void convolve(Rows rows, int from, int to, Scratch scratch) {
        Activations at = bcx.at();
        int xCol = 2 * channels;
        kernels.rows().multiply(at, from, at, xCol + from, to - from, 0, rows.count());
        for (int s = 0; s < rows.spans(); s++) {
            kernels.conv().convolve(conv, at, xCol, at, xCol, rows.recurrent(s, slot).conv(), rows.firstRow(s),
                    rows.rowCount(s), from, to);
        }
        kernels.rows().multiply(at, channels + from, at, xCol + from, to - from, 0, rows.count());
    }
}
