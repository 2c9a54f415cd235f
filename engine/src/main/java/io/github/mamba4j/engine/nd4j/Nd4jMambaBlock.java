package io.github.mamba4j.engine.nd4j;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Scratch;
import io.github.mamba4j.kernels.scan.ScanBuffers;
import io.github.mamba4j.kernels.scan.ScanParameters;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.util.Objects;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The Mamba block (Gu and Dao 2023, section 3.4) as tensor code, method by method as the paper has it. Shapes: b
 * sequences, l tokens, d_model, d_inner, d_state n.
 *
 * <pre>
 * forward:         [u, z] = in_proj(x);  u = silu(conv1d(u));  out = out_proj(ssm(u, z))
 * ssm:             [r, B, C] = x_proj(u);  dt = softplus(dt_proj(r) + bias);  y = selectiveScan(..) * silu(z)
 * selectiveScan:   h = exp(dt A) h + dt B u;  y = C h + D u            for t = 0 .. l-1
 * </pre>
 *
 * The norm before the block and the sum after it are {@link Nd4jMambaModel}'s. Thread-safe, as states are the callers'.
 */
public final class Nd4jMambaBlock {
    /** What runs the recurrence. */
    public enum Scan {
        /** ND4J operations, from the formula. */
        TENSORS,
        /** The engine's kernel, which fuses softplus, scan, skip connection and gate; the fast one where it can run. */
        KERNEL
    }

    /**
     * What a block remembers of b sequences. {@link Nd4jMambaBlock#forward(INDArray, State)} overwrites the arrays.
     *
     * @param conv {@code (b, d_inner, d_conv - 1)}: the last inputs of the convolution, oldest first; null if the
     *     convolution has one tap only
     * @param ssm {@code (b, d_inner, d_state)}: h
     */
    public record State(INDArray conv, INDArray ssm) {
        /** Checks that h is there. */
        public State {
            Objects.requireNonNull(ssm, "ssm");
        }
    }

    private final int dInner;
    private final int dState;
    private final int dConv;
    private final int dtRank;
    private final INDArray inProj;
    private final INDArray inProjBias;
    private final INDArray convWeight;
    private final INDArray convBias;
    private final INDArray xProj;
    private final INDArray dtProj;
    private final INDArray dtBias;
    private final INDArray a;
    private final INDArray d;
    private final INDArray outProj;
    private final INDArray outProjBias;
    private final Scan scan;
    private final Kernels kernels;
    private final ScanParameters scanParameters;

    /**
     * Copies the parameters of a block.
     *
     * @param weights the mixer's parameters
     * @param scan what runs the recurrence
     * @throws IllegalArgumentException if the mixer has inner norms
     */
    public Nd4jMambaBlock(Mamba1Weights weights, Scan scan) {
        Mamba1Config config = weights.config();
        if (config.innerNorm().isPresent()) {
            throw new IllegalArgumentException("expected a mixer without inner norms, found " + config);
        }
        this.scan = Objects.requireNonNull(scan, "scan");
        dInner = config.dInner();
        dState = config.dState();
        dConv = config.dConv();
        dtRank = config.dtRank();
        inProj = Nd4jConversions.toArray(weights.inProj());
        inProjBias = vector(weights.inProjBias());
        convWeight = Nd4jConversions.toArray(weights.convWeight(), dInner, dConv);
        convBias = vector(weights.convBias());
        xProj = Nd4jConversions.toArray(weights.xProj());
        dtProj = Nd4jConversions.toArray(weights.dtProj());
        dtBias = vector(weights.dtBias());
        a = Nd4jConversions.toArray(weights.a(), dInner, dState);
        d = vector(weights.d());
        outProj = Nd4jConversions.toArray(weights.outProj());
        outProjBias = vector(weights.outProjBias());
        kernels = KernelChoice.fromSystemProperty().load();
        scanParameters = ScanParameters.ofA(weights.a(), weights.d(), weights.dtBias());
    }

    /** A row vector, or null if the model does not have the parameter. */
    private static INDArray vector(float[] values) {
        return values.length == 0 ? null : Nd4jConversions.toArray(values, 1, values.length);
    }

    /**
     * The state of sequences that have not begun.
     *
     * @param b how many
     * @return zeros
     */
    public State newState(int b) {
        return new State(dConv == 1 ? null : Nd4j.zeros(DataType.FLOAT, b, dInner, dConv - 1L),
                Nd4j.zeros(DataType.FLOAT, b, dInner, dState));
    }

    /**
     * Runs the block on whole sequences.
     *
     * @param x {@code (b, l, d_model)}: normed input
     * @return {@code (b, l, d_model)}: what is added to the residual stream
     */
    public INDArray forward(INDArray x) {
        return forward(x, newState(Math.toIntExact(x.size(0))));
    }

    /**
     * Runs the block on the next tokens of sequences.
     *
     * @param x {@code (b, l, d_model)}: normed input
     * @param state the sequences' state, which moves on
     * @return {@code (b, l, d_model)}: what is added to the residual stream
     */
    public INDArray forward(INDArray x, State state) {
        INDArray uz = linear(x, inProj, inProjBias);
        INDArray u = uz.get(all(), all(), interval(0, dInner));
        INDArray z = uz.get(all(), all(), interval(dInner, 2L * dInner));
        INDArray y = ssm(silu(conv1d(u, state.conv())), z, state);
        return linear(y, outProj, outProjBias);
    }

    /** Depthwise and causal: a sum over the taps of the input, delayed and scaled by channel. */
    private INDArray conv1d(INDArray u, INDArray window) {
        long l = u.size(1);
        INDArray padded = window == null ? u : Nd4j.concat(1, window.permute(0, 2, 1), u);
        INDArray sum = Nd4j.zeros(DataType.FLOAT, u.shape());
        for (int tap = 0; tap < dConv; tap++) {
            INDArray weight = convWeight.get(all(), point(tap)).reshape(1, 1, dInner);
            sum.addi(padded.get(all(), interval(tap, tap + l), all()).mul(weight));
        }
        if (window != null) {
            window.assign(padded.get(all(), interval(l, l + dConv - 1), all()).permute(0, 2, 1));
        }
        return convBias == null ? sum : sum.addi(convBias.reshape(1, 1, dInner));
    }

    /**
     * The selective state-space model with its gate, which is here because the kernel fuses it with the scan.
     *
     * @param u {@code (b, l, d_inner)}: what the convolution puts out
     * @param z {@code (b, l, d_inner)}: the gate before silu
     * @param state the sequences' state, of which h moves on
     * @return {@code (b, l, d_inner)}
     */
    public INDArray ssm(INDArray u, INDArray z, State state) {
        INDArray rbc = linear(u, xProj, null);
        INDArray r = rbc.get(all(), all(), interval(0, dtRank));
        if (scan == Scan.KERNEL) {
            return kernelScan(u, linear(r, dtProj, null), rbc, z, state.ssm());
        }
        INDArray dt = softplus(linear(r, dtProj, dtBias));
        INDArray b = rbc.get(all(), all(), interval(dtRank, dtRank + dState));
        INDArray c = rbc.get(all(), all(), interval(dtRank + dState, dtRank + 2L * dState));
        return selectiveScan(u, dt, b, c, state.ssm()).muli(silu(z));
    }

    /**
     * The recurrence, one token after another, in tensor operations.
     *
     * @param u {@code (b, l, d_inner)}
     * @param dt {@code (b, l, d_inner)}: the step sizes, after softplus
     * @param b {@code (b, l, d_state)}
     * @param c {@code (b, l, d_state)}
     * @param h {@code (b, d_inner, d_state)}: the state, which moves on
     * @return {@code (b, l, d_inner)}: C h + D u
     */
    public INDArray selectiveScan(INDArray u, INDArray dt, INDArray b, INDArray c, INDArray h) {
        long l = u.size(1);
        // (b, l, d_inner, 1) times (1, 1, d_inner, n), and (b, l, d_inner, 1) times (b, l, 1, n).
        INDArray decay = Transforms.exp(columns(dt).mul(a.reshape(1, 1, dInner, dState)), false);
        INDArray input = columns(dt.mul(u)).mul(rows(b));
        INDArray output = rows(c);
        INDArray y = u.mul(d.reshape(1, 1, dInner));
        for (int t = 0; t < l; t++) {
            h.muli(decay.slice(t, 1)).addi(input.slice(t, 1));
            y.slice(t, 1).addi(h.mul(output.slice(t, 1)).sum(2));
        }
        return y;
    }

    /** From {@code (b, l, k)} to {@code (b, l, k, 1)}. */
    private static INDArray columns(INDArray x) {
        return x.dup('c').reshape('c', x.size(0), x.size(1), x.size(2), 1);
    }

    /** From {@code (b, l, k)} to {@code (b, l, 1, k)}. */
    private static INDArray rows(INDArray x) {
        return x.dup('c').reshape('c', x.size(0), x.size(1), 1, x.size(2));
    }

    /** The rows of all sequences one after another, as the kernel takes them; h sequence by sequence. */
    private INDArray kernelScan(INDArray u, INDArray dt, INDArray rbc, INDArray z, INDArray h) {
        Activations y = Activations.allocate(Math.toIntExact(u.size(0) * u.size(1)), dInner);
        var io = new ScanBuffers(Nd4jConversions.toActivations(u), Nd4jConversions.toActivations(dt),
                Nd4jConversions.toActivations(rbc), dtRank, dtRank + dState, Nd4jConversions.toActivations(z), 0, y);
        int l = Math.toIntExact(u.size(1));
        Scratch scratch = new Scratch();
        for (int s = 0; s < u.size(0); s++) {
            float[] states = scanParameters.layout().pack(Nd4jConversions.toFloats(h.slice(s)));
            kernels.selectiveScan().scan(scanParameters, io, states, s * l, l, 0, dInner, scratch);
            h.slice(s).assign(Nd4jConversions.toArray(scanParameters.layout().unpack(states), dInner, dState));
        }
        return Nd4jConversions.toArray(y.data(), u.shape());
    }

    /** {@code x W^T + bias} over the last dimension; the weight is {@code (out, in)}, a null bias is none. */
    static INDArray linear(INDArray x, INDArray weight, INDArray bias) {
        INDArray rows = x.dup('c').reshape('c', x.size(0) * x.size(1), x.size(2));
        INDArray y = rows.mmul(weight.transpose());
        if (bias != null) {
            y.addiRowVector(bias);
        }
        return y.dup('c').reshape('c', x.size(0), x.size(1), weight.size(0));
    }

    private static INDArray silu(INDArray x) {
        return Transforms.sigmoid(x, true).muli(x);
    }

    /** {@code max(x, 0) + log1p(exp(-|x|))}: ND4J's own softPlus is infinite from 89 on. */
    private static INDArray softplus(INDArray x) {
        INDArray tail = Transforms.exp(Transforms.abs(x, true).negi(), false);
        return Transforms.max(x, 0, true).addi(Transforms.log1p(tail, false));
    }
}
