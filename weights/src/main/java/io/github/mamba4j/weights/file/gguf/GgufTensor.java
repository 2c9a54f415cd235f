package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.kernels.format.Format;
import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor in a GGUF file, in place.
 *
 * <p>Thread-safe: immutable. The data can be read until the file is closed.
 *
 * @param location the file, for messages
 * @param name the name
 * @param type how the elements are stored
 * @param shape the sizes in the order of PyTorch: the last one counts elements that lie side by side (GGUF writes them the
 *     other way round)
 * @param data the blocks, row after row, read-only
 */
public record GgufTensor(String location, String name, GgufType type, List<Long> shape, MemorySegment data) {
    /**
     * A tensor.
     *
     * @param location the file, for messages
     * @param name the name
     * @param type how the elements are stored
     * @param shape the sizes in the order of PyTorch
     * @param data the blocks
     */
    public GgufTensor {
        shape = List.copyOf(shape);
    }

    /**
     * The format that decodes the data.
     *
     * @return the format
     * @throws CheckpointException if the type is not supported; the message names it
     */
    public Format format() throws CheckpointException {
        return type.format().orElseThrow(() -> new CheckpointException(location + ": tensor '" + name
                + "': type " + type + " (" + type.number() + ") is not supported; supported are "
                + GgufType.supported()));
    }

    /**
     * How many elements there are.
     *
     * @return the product of the shape
     */
    public long elements() {
        return shape.stream().reduce(1L, (a, b) -> a * b);
    }
}
