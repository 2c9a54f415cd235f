package io.github.mamba4j.weights;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the parts of a checkpoint are.
 *
 * @param folder the folder with the configuration
 * @param weights the file with the tensors, or the index of several
 */
record CheckpointPath(Path folder, Path weights) {
    static final String CONFIG = "config.json";

    /**
     * Finds the configuration and the weights.
     *
     * @param path a folder, or a file of weights
     * @throws CheckpointException naming what is missing
     */
    static CheckpointPath find(Path path) throws CheckpointException {
        if (!Files.exists(path)) {
            throw new CheckpointException(path + ": expected the folder of a checkpoint, found nothing there");
        }
        boolean isFolder = Files.isDirectory(path);
        Path folder = isFolder ? path : Optional.ofNullable(path.getParent()).orElse(Path.of("."));
        if (!isFolder && !WeightFiles.isKnown(path.getFileName().toString())) {
            throw new CheckpointException(
                    path + ": expected a folder, or a file of weights (" + WeightFiles.KNOWN + "), found another file");
        }
        if (!Files.exists(folder.resolve(CONFIG))) {
            throw new CheckpointException(folder + ": expected a file " + CONFIG + ", found none");
        }
        return new CheckpointPath(folder, isFolder ? findWeights(folder) : path);
    }

    private static Path findWeights(Path folder) throws CheckpointException {
        return WeightFiles.NAMES.stream().map(folder::resolve).filter(Files::exists).findFirst().orElseThrow(
                () -> new CheckpointException(folder + ": expected weights in one of "
                        + String.join(", ", WeightFiles.NAMES) + ", found none"));
    }
}
