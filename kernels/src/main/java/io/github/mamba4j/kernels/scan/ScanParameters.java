package io.github.mamba4j.kernels.scan;

import io.github.mamba4j.kernels.math.ScalarMath;
import java.util.Objects;

/**
 * The parameters of a selective scan.
 *
 * @param layout where {@code aLog2e} and the state have what belongs to a channel
 * @param aLog2e {@code a * log2(e)} with {@code a = -exp(A_log)} in float32, multiplied in float32, in the order of the layout.
 *     The factor turns the recurrence's exp into exp2.
 * @param d {@code [dInner]}: the skip connection D
 * @param dtBias {@code [dInner]}: the bias of dt_proj, added before softplus
 */
public record ScanParameters(ScanLayout layout, float[] aLog2e, float[] d, float[] dtBias) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if an array does not fit the dimensions
     */
    public ScanParameters {
        Objects.requireNonNull(aLog2e, "aLog2e");
        if (aLog2e.length != layout.size() || d.length != layout.dInner() || dtBias.length != layout.dInner()) {
            throw new IllegalArgumentException("a scan of " + layout.dInner() + " channels and " + layout.dState()
                    + " states has not " + aLog2e.length + " decays, " + d.length + " skips and " + dtBias.length
                    + " biases");
        }
    }

    /**
     * Builds the parameters from a checkpoint's tensors.
     *
     * @param aLog {@code [dInner, dState]}: {@code A_log}, channel-major as checkpoints store it
     * @param d {@code [dInner]}
     * @param dtBias {@code [dInner]}
     * @return the parameters
     * @throws IllegalArgumentException if the arrays do not fit each other
     */
    public static ScanParameters ofALog(float[] aLog, float[] d, float[] dtBias) {
        return ofA(negativeExp(aLog), d, dtBias);
    }

    /**
     * Builds the parameters from A itself, as GGUF stores it ({@code ssm_a}). A checkpoint and its conversion give the
     * same parameters.
     *
     * @param a {@code [dInner, dState]}: {@code -exp(A_log)} in float32, channel-major
     * @param d {@code [dInner]}
     * @param dtBias {@code [dInner]}
     * @return the parameters
     * @throws IllegalArgumentException if the arrays do not fit each other
     */
    public static ScanParameters ofA(float[] a, float[] d, float[] dtBias) {
        int dInner = d.length;
        if (dInner < 1 || a.length < dInner || a.length % dInner != 0) {
            throw new IllegalArgumentException("A: expected a multiple of " + dInner + " values, found " + a.length);
        }
        float[] aLog2e = new float[a.length];
        for (int i = 0; i < a.length; i++) {
            aLog2e[i] = a[i] * ScalarMath.LOG2E;
        }
        var layout = new ScanLayout(dInner, a.length / dInner);
        return new ScanParameters(layout, layout.pack(aLog2e), d.clone(), dtBias.clone());
    }

    /**
     * A from its stored logarithm: {@code a = -exp(A_log)}, computed in binary64 and rounded once to float32. StrictMath
     * gives the same on every machine.
     *
     * @param aLog the values of {@code A_log}, of any shape
     * @return a new array of as many values
     */
    public static float[] negativeExp(float[] aLog) {
        float[] a = new float[aLog.length];
        for (int i = 0; i < aLog.length; i++) {
            a[i] = (float) -StrictMath.exp(aLog[i]);
        }
        return a;
    }

    /**
     * The number of channels.
     *
     * @return d_inner
     */
    public int dInner() {
        return layout.dInner();
    }

    /**
     * The states of one channel.
     *
     * @return d_state
     */
    public int dState() {
        return layout.dState();
    }

    /**
     * The size of the state that a sequence carries from one call to the next.
     *
     * @return {@code dInner * dState} floats
     */
    public int stateSize() {
        return layout.size();
    }
}
