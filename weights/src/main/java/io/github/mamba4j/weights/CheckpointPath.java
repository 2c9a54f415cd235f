package io.github.mamba4j.weights;

import io.github.mamba4j.weights.file.FileNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where the parts of a checkpoint are.
 *
 * @param folder the folder with the configuration
 * @param weights the file with the tensors, or the index of several
 */
record CheckpointPath(Path folder, Path weights) {
    static final String CONFIG = "config.json";

    /** How the cache of the hub calls the folder of a model: {@code models--owner--name}, with a folder of snapshots. */
    private static final String CACHED = "models--";
    private static final String SNAPSHOTS = "snapshots";
    /** Endings of files that hold weights, whether they can be opened or not. */
    private static final List<String> WEIGHTS = List.of(".safetensors", ".bin", ".gguf", ".pt", ".pth", ".ckpt", ".h5",
            ".msgpack", ".onnx");
    private static final int MAX_LISTED = 10_000;
    private static final int MAX_SHOWN = 5;

    /**
     * Finds the configuration and the weights.
     *
     * @param path a folder, the folder of a model in the cache of the hub, or a file of weights
     * @throws CheckpointException naming what is missing, and what is there
     * @throws IOException if a folder cannot be read
     */
    static CheckpointPath find(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new CheckpointException(path + ": expected the folder of a checkpoint, found nothing there");
        }
        boolean isFolder = Files.isDirectory(path);
        if (!isFolder && !WeightFiles.isKnown(path.getFileName().toString())) {
            throw new CheckpointException(
                    path + ": expected a folder, or a file of weights (" + WeightFiles.KNOWN + "), found another file");
        }
        Path folder = isFolder ? snapshot(path) : Optional.ofNullable(path.getParent()).orElse(Path.of("."));
        if (!Files.exists(folder.resolve(CONFIG))) {
            throw new CheckpointException(
                    folder + ": expected a file " + CONFIG + ", found none" + whereConfigIs(folder));
        }
        return new CheckpointPath(folder, isFolder ? findWeights(folder) : path);
    }

    private static Path findWeights(Path folder) throws IOException {
        for (String name : WeightFiles.NAMES) {
            if (Files.exists(folder.resolve(name))) {
                return folder.resolve(name);
            }
        }
        List<Path> others = list(folder, file -> WEIGHTS.stream().anyMatch(name(file)::endsWith));
        Optional<Path> usable = others.stream().filter(file -> WeightFiles.isShard(name(file))).findFirst();
        throw new CheckpointException(folder + ": expected weights in one of " + String.join(", ", WeightFiles.NAMES)
                + ", found " + (others.isEmpty() ? "none" : shown(others))
                + usable.map(file -> "; to use a file of another name, give its path: " + file).orElse(""));
    }

    private static String whereConfigIs(Path folder) throws IOException {
        List<Path> cached = list(folder, child -> name(child).startsWith(CACHED));
        if (!cached.isEmpty()) {
            return "; this is a cache of the hub, give the folder of a model in it: " + shown(cached);
        }
        List<Path> below = list(folder, child -> Files.exists(child.resolve(CONFIG)));
        return below.isEmpty() ? "" : "; there is one in the folder below: " + shown(below);
    }

    /** The folder itself, or the snapshot to use if it is that of a model in the cache of the hub. */
    private static Path snapshot(Path folder) throws IOException {
        Path snapshots = folder.resolve(SNAPSHOTS);
        if (Files.exists(folder.resolve(CONFIG)) || !Files.isDirectory(snapshots)) {
            return folder;
        }
        Optional<Path> main = main(folder).map(snapshots::resolve).filter(Files::isDirectory);
        if (main.isPresent()) {
            return main.get();
        }
        List<Path> all = list(snapshots, Files::isDirectory);
        if (all.size() != 1) {
            throw new CheckpointException(snapshots + ": expected one snapshot, found "
                    + (all.isEmpty() ? "none" : shown(all) + "; give the folder of one"));
        }
        return all.getFirst();
    }

    /** The snapshot that the cache calls main. */
    private static Optional<String> main(Path folder) throws IOException {
        Path main = folder.resolve("refs").resolve("main");
        if (!Files.isRegularFile(main)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(main)) {
            String name = new String(in.readNBytes(100), StandardCharsets.US_ASCII).strip();
            return Optional.of(name).filter(FileNames::isPlain);
        }
    }

    private static List<Path> list(Path folder, Predicate<Path> wanted) throws IOException {
        List<Path> found = new ArrayList<>();
        int seen = 0;
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                if (seen++ == MAX_LISTED) {
                    break;
                }
                if (wanted.test(child)) {
                    found.add(child);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        found.sort(Comparator.comparing(CheckpointPath::name));
        return found;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static String shown(List<Path> paths) {
        return String.join(", ", paths.stream().limit(MAX_SHOWN).map(CheckpointPath::name).toList())
                + (paths.size() > MAX_SHOWN ? " and " + (paths.size() - MAX_SHOWN) + " more" : "");
    }
}
