package io.github.mamba4j.kernels;

import java.util.Objects;

/**
 * The parameters of a selective scan.
 *
 * @param dInner the number of channels
 * @param dState the states of one channel
 * @param aLog2e {@code [dState, dInner]}: {@code A * log2(e)} with {@code A = -exp(A_log)}, transposed. The factor turns
 *     the recurrence's exp into exp2, and the layout makes neighbouring channels neighbours in memory.
 * @param d {@code [dInner]}: the skip connection D
 * @param dtBias {@code [dInner]}: the bias of dt_proj, added before softplus
 */
public record ScanParameters(int dInner, int dState, float[] aLog2e, float[] d, float[] dtBias) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if an array does not fit the dimensions
     */
    public ScanParameters {
        Objects.requireNonNull(aLog2e, "aLog2e");
        if (dInner < 1 || dState < 1 || aLog2e.length != dState * dInner || d.length != dInner
                || dtBias.length != dInner) {
            throw new IllegalArgumentException("a scan of " + dInner + " channels and " + dState + " states has not "
                    + aLog2e.length + " decays, " + d.length + " skips and " + dtBias.length + " biases");
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
        for (int c = 0; c < dInner; c++) {
            for (int n = 0; n < dState; n++) {
                // StrictMath and one rounding: the same parameters on every machine.
                aLog2e[n * dInner + c] = (float) (-StrictMath.exp(aLog[c * dState + n]) * log2e);
            }
        }
        return new ScanParameters(dInner, dState, aLog2e, d.clone(), dtBias.clone());
    }

    /**
     * The size of the state that a sequence carries from one call to the next.
     *
     * @return {@code dState * dInner} floats
     */
    public int stateSize() {
        return dState * dInner;
    }
}
