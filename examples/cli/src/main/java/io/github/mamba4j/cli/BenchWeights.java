package io.github.mamba4j.cli;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.bind.Parameter;
import io.github.mamba4j.weights.bind.ParameterList;
import io.github.mamba4j.weights.bind.Role;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What a model's weights amount to, for a comparison with what a machine can read and compute.
 *
 * @param parameters the model's parameters
 */
record BenchWeights(ParameterList parameters) {
    static BenchWeights of(ModelWeights weights) {
        return new BenchWeights(weights.parameters());
    }

    /** The format of the large matrices. */
    DType dtype() {
        return parameters.all().stream().filter(p -> p.role() == Role.PROJECTION).findFirst().map(Parameter::dtype)
                .orElse(DType.F32);
    }

    /** The parameters that every row of a prompt is multiplied by: all but embedding and head. */
    long parametersPerRow() {
        return parameters.all().stream().filter(p -> p.role() != Role.EMBEDDING && p.role() != Role.HEAD)
                .mapToLong(Parameter::count).sum();
    }

    /** All large matrices. */
    List<MemorySegment> matrices() {
        return parameters.all().stream().filter(p -> p.role() != Role.EXACT).map(Parameter::data).toList();
    }

    /** The size of all weights in memory. */
    long bytes() {
        return parameters.all().stream().mapToLong(p -> p.data().byteSize()).sum();
    }

    /** The weights that a decoding step reads. */
    long bytesPerStep() {
        return parameters.stepBytes();
    }
}
