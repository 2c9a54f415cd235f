package io.github.mamba4j.weights;

import io.github.mamba4j.weights.file.InputFile;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsHeader;
import io.github.mamba4j.weights.file.torch.TorchFile;
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
    static final List<String> NAMES = List.of(SAFETENSORS, "model.safetensors.index.json", "pytorch_model.bin",
            "pytorch_model.bin.index.json");

    /** The endings of the files that can be opened. */
    static final String KNOWN = ".safetensors, .bin, .index.json";

    /** Whether a file can be opened, as far as its name tells. */
    static boolean isKnown(String file) {
        return isShard(file) || file.endsWith(".index.json");
    }

    /** Whether a file can hold tensors, as far as its name tells. */
    static boolean isShard(String file) {
        return file.endsWith(".safetensors") || file.endsWith(".bin");
    }

    /**
     * Maps the files.
     *
     * @param file one file of weights, or the index of several
     * @param arena how long the mapping lives
     */
    static WeightFiles map(Path file, Arena arena) throws IOException {
        String location = file.toString();
        if (location.endsWith(".json")) {
            return ShardIndex.map(file, arena);
        }
        MemorySegment content = InputFile.map(file, arena);
        if (location.endsWith(".bin")) {
            return new WeightFiles(location, TorchFile.read(location, content, arena),
                    List.of(file.getFileName().toString()), content.byteSize());
        }
        return safetensors(location, file.getFileName().toString(), content);
    }

    /** The tensors of one safetensors file that is in memory. */
    static WeightFiles safetensors(String location, String name, MemorySegment file) throws CheckpointException {
        return new WeightFiles(location, SafetensorsHeader.read(location, file).tensors(), List.of(name),
                file.byteSize());
    }
}
