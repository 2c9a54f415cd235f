package io.github.mamba4j.weights.file.safetensors;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.InputFile;
import io.github.mamba4j.weights.file.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, mapped into memory: opening reads the header alone, and a tensor's data is paged in when it is
 * used. Files of any length work.
 *
 * <p>A file that is shortened by somebody while it is open takes its pages away: the next use of them fails with an
 * {@link InternalError}, or with a broken inference. Replace a checkpoint by renaming, not by writing over it.
 *
 * <p>Thread-safe. After {@link #close} the tensors that were handed out fail with an {@link IllegalStateException}.
 */
public final class SafetensorsFile implements AutoCloseable {
    private final String location;
    private final SafetensorsHeader header;
    private final Arena arena;

    private SafetensorsFile(String location, SafetensorsHeader header, Arena arena) {
        this.location = location;
        this.header = header;
        this.arena = arena;
    }

    /**
     * Maps a file and checks its header.
     *
     * @param path the file
     * @return the open file
     * @throws CheckpointException if it is not a sound safetensors file
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            String location = path.toString();
            return new SafetensorsFile(location, SafetensorsHeader.read(location, InputFile.map(path, arena)), arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /**
     * The names of the tensors.
     *
     * @return the names, in the order of the data
     */
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /**
     * A tensor, in place.
     *
     * @param name its name
     * @return the tensor
     * @throws CheckpointException if there is none of that name
     */
    public Tensor tensor(String name) throws CheckpointException {
        Tensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new CheckpointException(location + ": tensor '" + name + "' is missing");
        }
        return tensor;
    }

    /**
     * The strings that the file was saved with.
     *
     * @return the content of {@code __metadata__}; may be empty
     */
    public Map<String, String> metadata() {
        return header.metadata();
    }

    /** Unmaps the file. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
