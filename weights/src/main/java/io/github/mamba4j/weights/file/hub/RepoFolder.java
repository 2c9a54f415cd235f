package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A repository's folder in the cache: {@code refs/V} has the commit of a revision, {@code snapshots/C/F} is a link to
 * {@code blobs/H}, or a file where there are no links, and {@code .no_exist/C/F} says that the hub has no such file.
 *
 * @param path the folder, {@code models--owner--name}
 */
record RepoFolder(Path path) {
    static final String BLOBS = "blobs";
    static final String SNAPSHOTS = "snapshots";
    static final String REFS = "refs";
    static final String NO_EXIST = ".no_exist";

    private static final int MAX_REF = 200;
    private static final int MAX_DEPTH = 8;
    private static final int MAX_FILES = 100_000;

    static RepoFolder of(Path cache, HubId id) {
        return new RepoFolder(cache.resolve("models--" + id.owner() + "--" + id.name()));
    }

    Path blobs() {
        return path.resolve(BLOBS);
    }

    Path snapshot(String commit) {
        return path.resolve(SNAPSHOTS).resolve(commit);
    }

    Path ref(String revision) {
        return path.resolve(REFS).resolve(revision);
    }

    /** The commit that a revision stood for when it was fetched. */
    Optional<String> commit(String revision) throws IOException {
        return HubId.isCommit(revision) ? Optional.of(revision) : readRef(ref(revision));
    }

    private static Optional<String> readRef(Path ref) throws IOException {
        if (!Files.isRegularFile(ref)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(ref)) {
            String commit = new String(in.readNBytes(MAX_REF), StandardCharsets.US_ASCII).strip();
            return HubId.isCommit(commit) ? Optional.of(commit) : Optional.empty();
        }
    }

    /** All revisions by their commits. */
    Map<String, Set<String>> refs() throws IOException {
        Map<String, Set<String>> revisions = new TreeMap<>();
        Path refs = path.resolve(REFS);
        for (String name : files(refs)) {
            Optional<String> commit = readRef(refs.resolve(name));
            commit.ifPresent(c -> revisions.computeIfAbsent(c, key -> new TreeSet<>()).add(name));
        }
        return revisions;
    }

    /** The commits that there is a snapshot of. */
    List<String> commits() throws IOException {
        Path snapshots = path.resolve(SNAPSHOTS);
        if (!Files.isDirectory(snapshots)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(snapshots)) {
            return entries.filter(Files::isDirectory).map(entry -> entry.getFileName().toString())
                    .filter(HubId::isCommit).sorted().toList();
        }
    }

    /**
     * The files below a folder whose content is there: a link to a blob that was removed is none.
     *
     * @param folder for instance a snapshot
     * @return paths with slashes
     */
    static List<String> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<String> names = new ArrayList<>();
        // Links to folders are not followed, so that no circle and nothing outside of the cache is walked.
        try (Stream<Path> entries = Files.walk(folder, MAX_DEPTH)) {
            entries.filter(Files::isRegularFile).limit(MAX_FILES).forEach(
                    file -> names.add(folder.relativize(file).toString().replace('\\', '/')));
        }
        names.sort(null);
        return names;
    }

    /** The size of files, those that are the same blob counted once. */
    static long bytes(Path folder, Iterable<String> names) throws IOException {
        Set<Path> real = new TreeSet<>();
        long bytes = 0;
        for (String name : names) {
            Path file = folder.resolve(name).toRealPath();
            if (real.add(file)) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
