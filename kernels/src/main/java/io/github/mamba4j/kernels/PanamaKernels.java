package io.github.mamba4j.kernels;

import io.github.mamba4j.kernels.attention.Attention;
import io.github.mamba4j.kernels.conv.CausalConv;
import io.github.mamba4j.kernels.linear.Linear;
import io.github.mamba4j.kernels.machine.FirstUse;
import io.github.mamba4j.kernels.machine.VectorWidth;
import io.github.mamba4j.kernels.math.Elementwise;
import io.github.mamba4j.kernels.math.Rows;
import io.github.mamba4j.kernels.norm.Norm;
import io.github.mamba4j.kernels.scan.DeltaRule;
import io.github.mamba4j.kernels.scan.HeadScan;
import io.github.mamba4j.kernels.scan.SelectiveScan;

/**
 * The kernels on the Vector API. Nothing is allocated, and no vector leaves the method that made it.
 *
 * <p>A kernel that loads from segments or stores to them calls their {@code isNative} first, for the compiler's sake. Allocated
 * memory, a mapped file and an array are segments of different classes. The JVM notes at each call which classes it has seen
 * there; but the calls within the Vector API are the same for all kernels, and before the API is compiled it loads from arrays
 * itself. A kernel that was compiled after that asked each segment for its class at each access: three times the instructions
 * in the loop over a float32 matrix from a file. What is noted at a call of the kernel's own are this kernel's segments. If they
 * are of one class, it is asked for once, and known from there on.
 *
 * <p>What a loop carries from round to round is an argument of the operation that changes it, never its receiver:
 * {@code sum = v.add(sum)}. The class of a vector that was just loaded is known, and an operation compares its arguments' classes
 * with its own. But at the beginning of a round the compiler knows only that {@code sum} is some vector, and the method that
 * {@code sum.add(v)} calls only from notes on classes. Where a kernel was compiled before there were any, it made an object of
 * each sum for as long as the process lived.
 */
final class PanamaKernels implements Kernels {
    private final Linear linear = Linear.vector();
    private final Norm norm = Norm.vector();
    private final CausalConv conv = CausalConv.vector();
    private final SelectiveScan selectiveScan = SelectiveScan.vector();
    private final HeadScan headScan = HeadScan.vector();
    private final DeltaRule deltaRule = DeltaRule.vector();
    private final Attention attention = Attention.vector();
    private final Rows rows = Rows.vector();
    private final Elementwise math = Elementwise.vector();

    PanamaKernels() {
        FirstUse.ofOperations();
    }

    @Override
    public String name() {
        return "panama";
    }

    @Override
    public String description() {
        return "panama (" + VectorWidth.describe() + ")";
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
