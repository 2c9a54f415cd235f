package io.github.mamba4j.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.nn.core.Linear;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.util.List;
import java.util.stream.LongStream;

/** A Mamba model of {@link TorchBlock}s: embedding, blocks with a norm before and a sum after each, norm, head. */
final class TorchModel {
    private final NDManager manager;
    private final float eps;
    private final NDArray embedding;
    private final List<TorchBlock> blocks;
    private final List<NDArray> norms;
    private final NDArray normF;

    TorchModel(NDManager manager, ModelWeights weights) {
        this.manager = manager;
        eps = weights.config().normEps();
        embedding = TorchBlock.matrix(manager, weights.embedding());
        blocks = weights.blocks().stream().map(block -> new TorchBlock(manager, (Mamba1Weights) block.mixer()))
                .toList();
        norms = weights.blocks().stream().map(block -> manager.create(block.norm())).toList();
        normF = manager.create(weights.normF());
    }

    /**
     * Runs a prompt.
     *
     * @param tokens its token ids
     * @return the logits after the last
     */
    float[] prefill(int[] tokens) {
        NDManager scope = manager.newSubManager();
        try (scope) {
            NDArray ids = scope.create(LongStream.range(0, tokens.length).map(i -> tokens[(int) i]).toArray());
            NDArray x = embedding.get(scope, new NDIndex("{}", ids));
            for (int i = 0; i < blocks.size(); i++) {
                x = block(i, x, scope);
            }
            NDArray last = norm(x.get(new NDIndex("-1:")), normF);
            return Linear.linear(last, embedding).singletonOrThrow().toFloatArray();
        }
    }

    /** Frees all but the residual stream after every block, or a prompt would fill the memory. */
    private NDArray block(int i, NDArray x, NDManager scope) {
        try (NDManager inner = scope.newSubManager()) {
            x.attach(inner);
            NDArray sum = x.add(blocks.get(i).forward(norm(x, norms.get(i))));
            sum.attach(scope);
            return sum;
        }
    }

    private NDArray norm(NDArray x, NDArray weight) {
        return x.div(x.square().mean(new int[]{1}, true).add(eps).sqrt()).mul(weight);
    }
}
