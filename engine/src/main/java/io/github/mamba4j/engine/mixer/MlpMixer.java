package io.github.mamba4j.engine.mixer;

import io.github.mamba4j.engine.forward.Buffer;
import io.github.mamba4j.engine.forward.Input;
import io.github.mamba4j.engine.forward.Mixer;
import io.github.mamba4j.engine.forward.Projection;
import io.github.mamba4j.engine.forward.Projection.Part;
import io.github.mamba4j.engine.forward.Resources;
import io.github.mamba4j.engine.forward.Rows;
import io.github.mamba4j.engine.forward.Workers;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.mixer.MlpWeights;

/**
 * Two layers on each row by itself: {@code out = down_proj(f(up_proj(x)))}, gated or not; see {@link MlpConfig.Kind}. It
 * remembers nothing.
 */
final class MlpMixer implements Mixer {
    /** Up to so many values, one thread is done with f sooner than a team is called together. */
    private static final int VALUES_ALONE = 1 << 14;
    /** Columns of a piece: as much of a row as a thread has in its cache at once. */
    private static final int LEAST = 256;

    private final MlpConfig config;
    private final Kernels kernels;
    private final Workers workers;
    /** {@code [rows, width]}: what up_proj puts out; then, in its place, f of it. */
    private final Buffer up;
    /** {@code [rows, width]}: the gate; unused without one. */
    private final Buffer gate;
    private final Input inside;

    private final Projection inProj;
    private final Projection downProj;
    private final Workers.Task<Rows> activate = this::activate;

    MlpMixer(MlpWeights weights, Resources with) {
        config = weights.config();
        kernels = with.kernels();
        workers = with.workers();
        up = with.inner(0, config.width());
        gate = with.inner(1, config.kind().isGated() ? config.width() : 1);
        inside = Input.of(up, with);
        Part upPart = Part.of(weights.upProj(), weights.upBias(), up);
        inProj = weights.gateProj()
                .map(matrix -> new Projection(with, Part.of(matrix, weights.gateBias(), gate), upPart))
                .orElseGet(() -> new Projection(with, upPart));
        downProj = Projection.toResidual(with, weights.downProj(), weights.downBias());
    }

    @Override
    public void addTo(Activations residual, Input x, Rows rows, float scale) {
        inProj.forward(x);
        if ((long) rows.count() * config.width() <= VALUES_ALONE) {
            workers.alone(rows, config.width(), activate);
        } else {
            workers.share(rows, config.width(), LEAST, activate);
        }
        inside.read(rows.count());
        downProj.addTo(residual, scale, inside);
    }

    private void activate(Rows rows, int from, int to, Scratch scratch) {
        switch (config.kind()) {
            case SWIGLU -> {
                scaleGate(rows, from, to);
                kernels.rows().gate(gate.at(), from, up.at(), from, to - from, 0, rows.count(), scratch);
            }
            case SQUARED_RELU -> kernels.rows().squaredRelu(up.at(), from, to - from, 0, rows.count());
        }
    }

    private void scaleGate(Rows rows, int from, int to) {
        if (config.gateScale() != 1) {
            for (int r = 0; r < rows.count(); r++) {
                kernels.math().scale(config.gateScale(), gate.at().data(), gate.at().index(r, from),
                        gate.at().index(r, to));
            }
        }
    }
}
