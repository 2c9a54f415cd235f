package io.github.mamba4j.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv1d;
import ai.djl.nn.core.Linear;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.lang.foreign.ValueLayout;

/**
 * A Mamba block (Gu and Dao 2023, section 3.4) as PyTorch operations, written as tensor code plainly does: projections
 * and convolution on all rows, then the recurrence step by step over time. Weights in float32, without biases of the
 * projections.
 */
final class TorchBlock {
    private final int dInner;
    private final int dState;
    private final int dConv;
    private final int dtRank;
    private final NDArray inProj;
    private final NDArray convWeight;
    private final NDArray convBias;
    private final NDArray xProj;
    private final NDArray dtProj;
    private final NDArray dtBias;
    private final NDArray a;
    private final NDArray d;
    private final NDArray outProj;

    TorchBlock(NDManager manager, Mamba1Weights w) {
        Mamba1Config config = w.config();
        dInner = config.dInner();
        dState = config.dState();
        dConv = config.dConv();
        dtRank = config.dtRank();
        inProj = matrix(manager, w.inProj());
        convWeight = manager.create(w.convWeight(), new Shape(dInner, 1, dConv));
        convBias = manager.create(w.convBias());
        xProj = matrix(manager, w.xProj());
        dtProj = matrix(manager, w.dtProj());
        dtBias = manager.create(w.dtBias());
        a = manager.create(w.a(), new Shape(dInner, dState));
        d = manager.create(w.d());
        outProj = matrix(manager, w.outProj());
    }

    static NDArray matrix(NDManager manager, Matrix w) {
        return manager.create(w.data().toArray(ValueLayout.JAVA_FLOAT), new Shape(w.rows(), w.cols()));
    }

    /**
     * Runs the block on a whole sequence.
     *
     * @param x {@code (l, d_model)}: normed input; what is computed belongs to its manager
     * @return {@code (l, d_model)}
     */
    NDArray forward(NDArray x) {
        NDList uz = linear(x, inProj).split(new long[]{dInner}, 1);
        NDArray u = Activation.swish(convolve(uz.get(0)), 1);
        NDList rbc = linear(u, xProj).split(new long[]{dtRank, dtRank + dState}, 1);
        NDArray dt = Activation.softPlus(Linear.linear(rbc.get(0), dtProj, dtBias).singletonOrThrow());
        NDArray y = scan(u, dt, rbc.get(1), rbc.get(2)).add(u.mul(d));
        return linear(y.mul(Activation.swish(uz.get(1), 1)), outProj);
    }

    private static NDArray linear(NDArray x, NDArray w) {
        return Linear.linear(x, w).singletonOrThrow();
    }

    /** Padding on both sides gives {@code d_conv - 1} rows too many, at the end. */
    private NDArray convolve(NDArray u) {
        long l = u.getShape().get(0);
        return Conv1d
                .conv1d(u.transpose().expandDims(0), convWeight, convBias, new Shape(1), new Shape(dConv - 1),
                        new Shape(1), dInner)
                .singletonOrThrow().get(new NDIndex("0, :, :{}", l)).transpose();
    }

    private NDArray scan(NDArray u, NDArray dt, NDArray b, NDArray c) {
        NDManager manager = u.getManager();
        int l = Math.toIntExact(u.getShape().get(0));
        NDList y = new NDList(l);
        NDArray h = manager.zeros(a.getShape());
        for (int t = 0; t < l; t++) {
            try (NDManager step = manager.newSubManager()) {
                NDArray dtT = dt.get(step, t).reshape(dInner, 1);
                NDArray dtU = dtT.mul(u.get(step, t).reshape(dInner, 1));
                NDArray next = dtT.mul(a).exp().mul(h).add(dtU.mul(b.get(step, t)));
                NDArray out = next.mul(c.get(step, t)).sum(new int[]{1});
                out.attach(manager);
                next.attach(manager);
                y.add(out);
                h.close();
                h = next;
            }
        }
        return NDArrays.stack(y);
    }
}
