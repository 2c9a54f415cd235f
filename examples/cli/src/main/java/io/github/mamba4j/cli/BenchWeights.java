package io.github.mamba4j.cli;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.MambaConfig;
import io.github.mamba4j.weights.MambaWeights;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a model's weights mean for its speed.
 *
 * @param weights the weights
 */
record BenchWeights(MambaWeights weights) {
    /** The format of the large matrices. */
    DType dtype() {
        return weights.layers().getFirst().inProj().dtype();
    }

    /** The parameters that every row of a prompt is multiplied by: all but embedding and head. */
    long parametersPerRow() {
        MambaConfig c = weights.config();
        return c.parameterCount() - (c.tieEmbeddings() ? 1L : 2L) * c.vocabSize() * c.dModel();
    }

    /** All large matrices, each once. */
    List<MemorySegment> matrices() {
        List<MemorySegment> matrices = new ArrayList<>(readMatrices().map(Matrix::data).toList());
        if (!weights.config().tieEmbeddings()) {
            matrices.add(weights.embedding().data());
        }
        return matrices;
    }

    /** The size of all weights in memory. */
    long bytes() {
        return matrices().stream().mapToLong(MemorySegment::byteSize).sum() + vectorBytes();
    }

    /** The weights that a decoding step reads: all but an embedding that is not the head too. */
    long bytesPerStep() {
        return readMatrices().mapToLong(m -> m.data().byteSize()).sum() + vectorBytes();
    }

    private Stream<Matrix> readMatrices() {
        return Stream.concat(Stream.of(weights.lmHead()), weights.layers().stream()
                .flatMap(l -> Stream.of(l.inProj(), l.xProj(), l.dtProj(), l.outProj())));
    }

    /** Float32 in any case. */
    private long vectorBytes() {
        long floats = weights.normF().length;
        for (MambaWeights.Layer l : weights.layers()) {
            floats += l.norm().length + l.inProjBias().length + l.convWeight().length + l.convBias().length
                    + l.dtBias().length + l.aLog().length + l.d().length + l.outProjBias().length;
        }
        return floats * Float.BYTES;
    }
}
