package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a model asked for when it was bound, in order: the one source of what is counted, hashed, listed or written. A tied
 * head is asked for once, as the embedding.
 *
 * <p>Not thread-safe while it records; what {@link #all} gives may be shared.
 */
public final class ParameterList implements Parameters {
    private final Parameters source;
    private final List<Parameter> asked = new ArrayList<>();

    /**
     * An empty list.
     *
     * @param source where the parameters come from
     */
    public ParameterList(Parameters source) {
        this.source = source;
    }

    @Override
    public Matrix matrix(String name, int rows, int cols, Role role) throws CheckpointException {
        Matrix matrix = source.matrix(name, rows, cols, role);
        asked.add(new Parameter(name, role, matrix.dtype(), List.of(rows, cols), matrix.data()));
        return matrix;
    }

    @Override
    public float[] vector(String name, Fill fill, int... shape) throws CheckpointException {
        float[] values = source.vector(name, fill, shape);
        List<Integer> sizes = Arrays.stream(shape).boxed().toList();
        asked.add(new Parameter(name, Role.EXACT, DType.F32, sizes, MemorySegment.ofArray(values)));
        return values;
    }

    /**
     * The parameters.
     *
     * @return all that was asked for so far, in order
     */
    public List<Parameter> all() {
        return Collections.unmodifiableList(asked);
    }

    /**
     * The number of trained values.
     *
     * @return the parameters of the whole model
     */
    public long count() {
        return asked.stream().mapToLong(Parameter::count).sum();
    }

    /**
     * The bytes of parameters that a decoding step reads: all but the embedding, of which it reads a row, unless that is
     * the head too.
     *
     * @return bytes, in the formats that the parameters are held in
     */
    public long stepBytes() {
        boolean ownHead = asked.stream().anyMatch(p -> p.role() == Role.HEAD);
        return asked.stream().filter(p -> p.role() != Role.EMBEDDING || !ownHead).mapToLong(p -> p.data().byteSize())
                .sum();
    }

    /**
     * How many bytes are held in which format.
     *
     * @return bytes by format; formats that do not occur are absent
     */
    public Map<DType, Long> bytesByFormat() {
        return asked.stream().collect(Collectors.groupingBy(Parameter::dtype, () -> new EnumMap<>(DType.class),
                Collectors.summingLong(p -> p.data().byteSize())));
    }

    /**
     * Tells models apart: another number for parameters that differ anywhere, in a value, a shape, a format or their order.
     * The layout of files does not matter. Reads all parameters, on all processors.
     *
     * @param config what else the arithmetic depends on, as text
     * @return the fingerprint
     */
    public long fingerprint(String config) {
        return Fingerprint.of(config, asked);
    }
}
