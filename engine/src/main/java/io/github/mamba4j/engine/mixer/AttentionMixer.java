package io.github.mamba4j.engine.mixer;

import io.github.mamba4j.engine.forward.Buffer;
import io.github.mamba4j.engine.forward.Input;
import io.github.mamba4j.engine.forward.Mixer;
import io.github.mamba4j.engine.forward.Projection;
import io.github.mamba4j.engine.forward.Projection.Part;
import io.github.mamba4j.engine.forward.Resources;
import io.github.mamba4j.engine.forward.Resources.RopeKey;
import io.github.mamba4j.engine.forward.Rows;
import io.github.mamba4j.engine.forward.Workers;
import io.github.mamba4j.engine.state.KeyValueSpec;
import io.github.mamba4j.engine.state.KeyValueState;
import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.attention.AttentionShape;
import io.github.mamba4j.kernels.attention.KeyValueLayout;
import io.github.mamba4j.kernels.attention.Rope;
import io.github.mamba4j.kernels.norm.NormParameters;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.mixer.AttentionWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Causal attention with grouped queries:
 *
 * <pre>
 * q, k, v = q_proj(x), k_proj(x), v_proj(x)              a gate beside q in some families
 * q, k    = rope(norm(q)), rope(norm(k))                 with positions and norms where the family has them
 * y       = softmax(q k' * scale) v                      over the positions up to a row's own
 * out     = out_proj(y * sigmoid(gate))
 * </pre>
 *
 * Keys and values stay in the state of the sequence.
 */
final class AttentionMixer implements Mixer {
    /** Up to so many rows, one thread has them normed, turned and stored sooner than a team is called together. */
    private static final int ROWS_ALONE = 8;
    /** The smallest number of rows that are worth a turn: they read a page of keys together. */
    private static final int LEAST_ROWS = 16;

    private final AttentionConfig config;
    private final AttentionShape shape;
    private final int slot;
    private final Kernels kernels;
    private final Workers workers;
    private final Optional<Rope> rope;
    /** The norms on queries and keys, if there are any. */
    private final Optional<NormParameters> qNorm;
    private final Optional<NormParameters> kNorm;

    /** {@code [rows, heads * headDim]}: the queries. */
    private final Buffer q;
    /** {@code [rows, kvHeads * headDim]}: the keys. */
    private final Buffer k;
    /** {@code [rows, kvHeads * headDim]}: the values. */
    private final Buffer v;
    /** {@code [rows, heads * headDim]}: the heads' outputs. */
    private final Buffer y;
    /** {@code [rows, heads * headDim]}: what their outputs are gated by; unused without a gate. */
    private final Buffer gate;
    private final Input output;

    private final Projection inProj;
    private final Projection outProj;
    private final Workers.Task<Rows> prepare = this::prepare;
    private final Workers.Task<Rows> attendByRows = this::attendByRows;
    private final Workers.Task<Rows> attendByHeads = this::attendByHeads;

    AttentionMixer(String name, AttentionWeights weights, Resources with) {
        config = weights.config();
        kernels = with.kernels();
        workers = with.workers();
        int width = config.width();
        q = with.inner(0, width);
        k = with.inner(1, config.kvWidth());
        v = with.inner(2, config.kvWidth());
        y = with.inner(3, width);
        gate = with.inner(4, config.outputGate() ? width : 1);
        output = Input.of(y, with);
        inProj = new Projection(with, parts(weights));
        outProj = Projection.toResidual(with, weights.outProj(), weights.outProjBias());
        rope = config.rope().map(r -> with.rope(new RopeKey(r.dims(), r.theta(), switch (r.pairing()) {
            case HALVES -> Rope.Pairing.HALVES;
            case PAIRS -> Rope.Pairing.PAIRS;
        })));
        qNorm = config.qkNorm().map(norm -> headNorm(config.heads(), weights.qNorm(), norm.eps()));
        kNorm = config.qkNorm().map(norm -> headNorm(config.kvHeads(), weights.kNorm(), norm.eps()));
        var layout = new KeyValueLayout(config.kvHeads(), config.headDim());
        shape = new AttentionShape(config.heads(), layout, config.scale());
        long most = config.maxPositions() == 0 ? Long.MAX_VALUE : config.maxPositions();
        slot = with.states().claim(name, new KeyValueSpec(layout, most));
    }

    private Part[] parts(AttentionWeights weights) {
        List<Part> parts = new ArrayList<>();
        if (config.outputGate()) {
            int headDim = config.headDim();
            for (int head = 0; head < config.heads(); head++) {
                int at = 2 * head * headDim;
                int col = head * headDim;
                parts.add(new Part(weights.qProj(), at, at + headDim, weights.qBias(), q, col));
                parts.add(new Part(weights.qProj(), at + headDim, at + 2 * headDim, weights.qBias(), gate, col));
            }
        } else {
            parts.add(Part.of(weights.qProj(), weights.qBias(), q));
        }
        parts.add(Part.of(weights.kProj(), weights.kBias(), k));
        parts.add(Part.of(weights.vProj(), weights.vBias(), v));
        return parts.toArray(Part[]::new);
    }

    /** A norm of each head by itself, all with the same weight. */
    private static NormParameters headNorm(int heads, float[] weight, float eps) {
        float[] repeated = new float[heads * weight.length];
        for (int head = 0; head < heads; head++) {
            System.arraycopy(weight, 0, repeated, head * weight.length, weight.length);
        }
        return new NormParameters(repeated.length, heads, repeated, eps);
    }

    @Override
    public void addTo(Activations residual, Input x, Rows rows, float scale) {
        inProj.forward(x);
        if (rope.isPresent()) {
            for (int s = 0; s < rows.spans(); s++) {
                rope.get().reach(rows.position(s), rows.rowCount(s));
            }
        }
        workers.shareOrAlone(rows, rows.count(), ROWS_ALONE, prepare);
        int items = Math.multiplyExact(config.kvHeads(), rows.count());
        if (rows.count() >= LEAST_ROWS) {
            workers.share(rows, items, LEAST_ROWS, attendByRows);
        } else if (items >= 2 * workers.size()) {
            workers.share(rows, items, 1, attendByRows);
        } else {
            workers.share(rows, config.heads(), 1, attendByHeads);
        }
        for (int s = 0; s < rows.spans(); s++) {
            rows.keyValues(s, slot).advance(rows.rowCount(s));
        }
        output.read(rows.count());
        outProj.addTo(residual, scale, output);
    }

    /** Norms and turns queries and keys of some rows, and stores keys and values. */
    private void prepare(Rows rows, int from, int to, Scratch scratch) {
        if (qNorm.isPresent()) {
            kernels.norm().rmsNorm(qNorm.get(), q.at(), 0, q.at(), 0, from, to - from);
            kernels.norm().rmsNorm(kNorm.get(), k.at(), 0, k.at(), 0, from, to - from);
        }
        int headDim = config.headDim();
        for (int s = 0; s < rows.spans(); s++) {
            int first = Math.max(from, rows.firstRow(s));
            int count = Math.min(to, rows.firstRow(s) + rows.rowCount(s)) - first;
            if (count > 0) {
                long position = rows.position(s) + first - rows.firstRow(s);
                if (rope.isPresent()) {
                    kernels.attention().rotate(rope.get(), q.at(), 0, config.heads(), headDim, position, first, count);
                    kernels.attention().rotate(rope.get(), k.at(), 0, config.kvHeads(), headDim, position, first,
                            count);
                }
                rows.keyValues(s, slot).store(k.at(), v.at(), position, first, count);
            }
        }
    }

    /** Items are the rows of the heads that share the first head of keys, then those of the next. */
    private void attendByRows(Rows rows, int from, int to, Scratch scratch) {
        int group = shape.group();
        for (int at = from; at < to;) {
            int kvHead = at / rows.count();
            int end = Math.min(to, (kvHead + 1) * rows.count());
            int first = kvHead * rows.count();
            attend(rows, at - first, end - first, kvHead * group, (kvHead + 1) * group, scratch);
            at = end;
        }
    }

    /** Items are heads. */
    private void attendByHeads(Rows rows, int from, int to, Scratch scratch) {
        attend(rows, 0, rows.count(), from, to, scratch);
    }

    private void attend(Rows rows, int from, int to, int headFrom, int headTo, Scratch scratch) {
        for (int s = 0; s < rows.spans(); s++) {
            int first = Math.max(from, rows.firstRow(s));
            int count = Math.min(to, rows.firstRow(s) + rows.rowCount(s)) - first;
            if (count > 0) {
                KeyValueState state = rows.keyValues(s, slot);
                kernels.attention().attend(shape, q.at(), state.keys(), state.values(),
                        rows.position(s) + first - rows.firstRow(s), y.at(), first, count, headFrom, headTo, scratch);
            }
        }
        if (config.outputGate()) {
            int col = headFrom * config.headDim();
            int cols = (headTo - headFrom) * config.headDim();
            kernels.rows().sigmoidGate(gate.at(), col, y.at(), col, cols, from, to - from, scratch);
        }
    }
}
