package io.github.mamba4j.kernels;

import io.github.mamba4j.kernels.attention.Attention;
import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.linear.Linear;
import io.github.mamba4j.kernels.math.Elementwise;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.norm.Norm;
import io.github.mamba4j.kernels.scan.DeltaRule;
import io.github.mamba4j.kernels.scan.HeadScan;
import io.github.mamba4j.kernels.scan.SelectiveScan;
import io.github.mamba4j.kernels.team.ThreadTeam;

/**
 * The numeric kernels that models are made of, an accessor for each operation. Two implementations give the same bits for
 * the same input: the scalar one, which is the readable definition, and the one on the Vector API; see the package page for
 * the rules of the arithmetic, and {@link KernelChoice} for how to get one.
 *
 * <p>Kernels hold no state and are safe to share between threads. Each call works on the range of rows, outputs or channels
 * that it is given, on the calling thread; {@link ThreadTeam} hands ranges to threads. Calls on disjoint ranges of the same
 * buffers may run at once, each with a {@link Scratch} of its own. Nothing is allocated.
 *
 * <p>Ranges are half-open. A range outside its buffer is refused with an {@link IndexOutOfBoundsException}, buffers that do
 * not fit each other with an {@link IllegalArgumentException}, before anything is written.
 */
@SuppressWarnings("exports") // The operations are for the engine. Others see which kernels run.
public sealed interface Kernels permits ScalarKernels, PanamaKernels {
    /**
     * A short name: {@code scalar} or {@code panama}.
     *
     * @return the name
     */
    String name();

    /**
     * What runs, for people: the name and, where it matters, the vector width.
     *
     * @return for instance {@code panama (512-bit vectors)}
     */
    String description();

    /**
     * Products of activations and weights: {@code y = x W'}.
     *
     * @return the operation
     */
    Linear linear();

    /**
     * Root-mean-square norms, with and without a gate.
     *
     * @return the operation
     */
    Norm norm();

    /**
     * Depthwise causal convolutions along time.
     *
     * @return the operation
     */
    CausalConv conv();

    /**
     * The selective scan of Mamba-1.
     *
     * @return the operation
     */
    SelectiveScan selectiveScan();

    /**
     * The scan of Mamba-2.
     *
     * @return the operation
     */
    HeadScan headScan();

    /**
     * The gated delta rule.
     *
     * @return the operation
     */
    DeltaRule deltaRule();

    /**
     * Attention over keys and values, and rotary positions.
     *
     * @return the operation
     */
    Attention attention();

    /**
     * Sums and products of rows, element by element.
     *
     * @return the operation
     */
    Rows rows();

    /**
     * Elementary functions and reductions of arrays.
     *
     * @return the operation
     */
    Elementwise math();
}
