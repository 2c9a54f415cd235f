package io.github.mamba4j.weights.file.hub;

import java.nio.file.Path;

/**
 * A model in the cache.
 *
 * @param id its name
 * @param format {@code safetensors}, {@code torch} or {@code gguf}; {@code incomplete} if files of weights are missing, or
 *     what is there is no model
 * @param bytes the size of its files; of something incomplete, of all that is there, half-fetched files included
 * @param path the folder with {@code config.json}, or the GGUF file
 * @param complete whether {@link Hub#resolve} finds it
 */
public record HubModel(HubId id, String format, long bytes, Path path, boolean complete) {
    /** The format of what is not complete. */
    public static final String INCOMPLETE = "incomplete";
}
