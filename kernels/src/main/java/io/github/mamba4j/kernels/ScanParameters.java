package io.github.mamba4j.kernels;

import java.util.Objects;

/**
 * The parameters of a selective scan.
 *
 * @param layout where {@code aLog2e} and the state have what belongs to a channel
 * @param aLog2e {@code A * log2(e)} with {@code A = -exp(A_log)}, in the order of the layout. The factor turns the
 *     recurrence's exp into exp2.
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
     */
    public static ScanParameters of(float[] aLog, float[] d, float[] dtBias) {
        int dInner = d.length;
        if (dInner < 1 || aLog.length < dInner || aLog.length % dInner != 0) {
            throw new IllegalArgumentException(aLog.length + " values of A_log for " + dInner + " channels");
        }
        int dState = aLog.length / dInner;
        float[] aLog2e = new float[aLog.length];
        double log2e = 1 / StrictMath.log(2);
        for (int i = 0; i < aLog.length; i++) {
            // StrictMath and one rounding: the same parameters on every machine.
            aLog2e[i] = (float) (-StrictMath.exp(aLog[i]) * log2e);
        }
        var layout = new ScanLayout(dInner, dState);
        return new ScanParameters(layout, layout.pack(aLog2e), d.clone(), dtBias.clone());
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
