package io.github.mamba4j.weights;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * The files that lie beside the weights of a checkpoint: {@code config.json}, {@code tokenizer.json},
 * {@code generation_config.json} and so on. Implementations are immutable and thread-safe.
 */
public interface ModelFiles {
    /**
     * Opens a file.
     *
     * @param name its plain name, such as {@code tokenizer.json}
     * @return its content, to be closed by the caller; empty if there is no such file
     * @throws IOException if the file is there but cannot be opened
     * @throws IllegalArgumentException if the name is not a plain file name
     */
    Optional<InputStream> open(String name) throws IOException;

    /**
     * Whether a file is there.
     *
     * @param name its plain name
     * @return true if {@link #open} would find it
     * @throws IllegalArgumentException if the name is not a plain file name
     */
    boolean has(String name);

    /**
     * Where the files are, for messages.
     *
     * @return the folder, or a name for the shipped model
     */
    String location();
}
