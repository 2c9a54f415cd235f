package io.github.mamba4j.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The tensors of a checkpoint, from whichever files hold them.
 *
 * @param location the file that was opened, for messages
 * @param tensors all tensors by name
 * @param fileNames the files that hold them
 * @param fileBytes the size of these files together
 */
record WeightFiles(String location, Map<String, Tensor> tensors, List<String> fileNames, long fileBytes) {
    static final String SAFETENSORS = "model.safetensors";

    /** What is looked for in a folder, the better first. */
    static final List<String> NAMES = List.of(SAFETENSORS);

    /** The endings of the files that can be opened. */
    static final String KNOWN = ".safetensors";

    /** Whether a file can be opened, as far as its name tells. */
    static boolean isKnown(Path file) {
        return file.getFileName().toString().endsWith(".safetensors");
    }

    /**
     * Maps the files.
     *
     * @param file one file of weights, or the index of several
     * @param arena how long the mapping lives
     */
    static WeightFiles map(Path file, Arena arena) throws IOException {
        return safetensors(file.toString(), MappedFile.map(file, arena));
    }

    /** The tensors of one safetensors file that is in memory. */
    static WeightFiles safetensors(String location, MemorySegment file) throws CheckpointException {
        return new WeightFiles(location, SafetensorsHeader.read(location, file).tensors(), List.of(location),
                file.byteSize());
    }
}
