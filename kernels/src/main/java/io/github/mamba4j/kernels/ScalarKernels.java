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

/**
 * The kernels as plain loops: the definition of what the fast ones compute, and what runs where the Vector API cannot be
 * used. Written to be read beside the formulas; nothing here is tuned.
 */
final class ScalarKernels implements Kernels {
    private final Linear linear = Linear.scalar();
    private final Norm norm = Norm.scalar();
    private final CausalConv conv = CausalConv.scalar();
    private final SelectiveScan selectiveScan = SelectiveScan.scalar();
    private final HeadScan headScan = HeadScan.scalar();
    private final DeltaRule deltaRule = DeltaRule.scalar();
    private final Attention attention = Attention.scalar();
    private final Rows rows = Rows.scalar();
    private final Elementwise math = Elementwise.scalar();

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public String description() {
        return "scalar (no vectors)";
    }

    @Override
    public Linear linear() {
        return linear;
    }

    @Override
    public Norm norm() {
        return norm;
    }

    @Override
    public CausalConv conv() {
        return conv;
    }

    @Override
    public SelectiveScan selectiveScan() {
        return selectiveScan;
    }

    @Override
    public HeadScan headScan() {
        return headScan;
    }

    @Override
    public DeltaRule deltaRule() {
        return deltaRule;
    }

    @Override
    public Attention attention() {
        return attention;
    }

    @Override
    public Rows rows() {
        return rows;
    }

    @Override
    public Elementwise math() {
        return math;
    }
}
