package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The models in the cache that huggingface_hub, llama.cpp and this library share. What is no model, such
 * as a data set, is left alone. Thread-safe.
 *
 * @param folder the folder of the cache; see {@link HubOptions#cache()}
 */
public record HubCache(Path folder) {
    private static final String PREFIX = "models--";
    private static final String LOCKS = ".locks";
    private static final String PARTIAL = ".incomplete";

    /**
     * All models: each repository once for each revision, each GGUF model of a repository on its own.
     *
     * @return the models by name; empty if there is no such folder
     * @throws IOException if the cache cannot be read
     */
    public List<HubModel> list() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<HubModel> models = new ArrayList<>();
        for (Path repo : repositories()) {
            String[] parts = repo.getFileName().toString().substring(PREFIX.length()).split("--", 2);
            if (parts.length == 2 && HubId.isId(parts[0] + "/" + parts[1])) {
                models.addAll(list(new RepoFolder(repo), parts[0], parts[1]));
            }
        }
        return models;
    }

    private List<Path> repositories() throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).filter(e -> e.getFileName().toString().startsWith(PREFIX))
                    .sorted().toList();
        }
    }

    private static List<HubModel> list(RepoFolder repo, String owner, String name) throws IOException {
        List<HubModel> models = new ArrayList<>();
        Map<String, Set<String>> refs = repo.refs();
        for (String commit : repo.commits()) {
            Set<String> revisions = refs.getOrDefault(commit, Set.of(commit));
            String revision = revisions.contains(HubId.MAIN) ? HubId.MAIN : revisions.iterator().next();
            models.addAll(inSnapshot(repo.snapshot(commit), new HubId(owner, name, revision, Optional.empty())));
        }
        long partial = partialBytes(repo);
        if (models.isEmpty() || partial > 0) {
            models.add(new HubModel(new HubId(owner, name, HubId.MAIN, Optional.empty()), HubModel.INCOMPLETE, partial,
                    repo.path(), false));
        }
        return models;
    }

    private static List<HubModel> inSnapshot(Path snapshot, HubId id) throws IOException {
        List<String> names = RepoFolder.files(snapshot);
        List<HubModel> models = new ArrayList<>();
        List<String> rest = new ArrayList<>(names);
        for (Map.Entry<String, List<String>> model : ModelChoice.ggufModels(names).entrySet()) {
            rest.removeAll(model.getValue());
            gguf(snapshot, id, model.getKey(), model.getValue()).ifPresent(models::add);
        }
        if (names.contains(ModelChoice.CONFIG)) {
            // The folder's weights, whatever GGUF files lie beside them.
            Lookup.Result found = Lookup.findIn(snapshot, id);
            boolean complete = found.path().filter(snapshot::equals).isPresent();
            String format = complete ? ModelChoice.of(id, rest).format().text() : HubModel.INCOMPLETE;
            if (complete || models.isEmpty()) {
                models.addFirst(new HubModel(id, format, RepoFolder.bytes(snapshot, rest), snapshot, complete));
            }
        }
        if (models.isEmpty()) {
            models.add(new HubModel(id, HubModel.INCOMPLETE, RepoFolder.bytes(snapshot, names), snapshot, false));
        }
        return models;
    }

    private static Optional<HubModel> gguf(Path snapshot, HubId id, String stem, List<String> files)
            throws IOException {
        String type = ModelChoice.typeOf(stem).orElse(stem.substring(stem.lastIndexOf('/') + 1));
        if (!HubId.isId(id.repository() + ":" + type)) {
            return Optional.empty();
        }
        HubId named = new HubId(id.owner(), id.name(), id.revision(), Optional.of(type));
        boolean complete = Lookup.findIn(snapshot, named).path().isPresent();
        return Optional.of(new HubModel(named, complete ? ModelChoice.Format.GGUF.text() : HubModel.INCOMPLETE,
                RepoFolder.bytes(snapshot, files), snapshot.resolve(files.getFirst()), complete));
    }

    private static long partialBytes(RepoFolder repo) throws IOException {
        List<String> names = RepoFolder.files(repo.blobs()).stream().filter(name -> name.endsWith(PARTIAL)).toList();
        return RepoFolder.bytes(repo.blobs(), names);
    }

    /**
     * Removes a repository with all its revisions and half-fetched files; or, if the name has a type, the GGUF model of
     * that type from its revision.
     *
     * @param id {@code owner/name} or {@code owner/name:QUANT}
     * @return how many bytes became free
     * @throws HubException if there is no such model, or the name has a revision and no type
     * @throws IOException if something cannot be removed
     */
    public long remove(HubId id) throws IOException {
        RepoFolder repo = RepoFolder.of(folder, id);
        if (!Files.isDirectory(repo.path())) {
            throw new HubException(id + ": there is no such model in the cache " + folder);
        }
        if (id.quant().isPresent()) {
            return removeGguf(repo, id);
        }
        if (!id.revision().equals(HubId.MAIN)) {
            throw new HubException(id + ": expected " + id.repository() + ", which removes all its revisions");
        }
        long bytes = delete(repo.path());
        Path locks = folder.resolve(LOCKS).resolve(repo.path().getFileName());
        return Files.isDirectory(locks) ? bytes + delete(locks) : bytes;
    }

    private long removeGguf(RepoFolder repo, HubId id) throws IOException {
        Lookup.Result found = Lookup.find(folder, id);
        if (found.path().isEmpty()) {
            throw new HubException(found.missing());
        }
        Path snapshot = repo.snapshot(repo.commit(id.revision()).orElseThrow());
        Set<Path> blobs = new TreeSet<>();
        long bytes = 0;
        for (String name : ModelChoice.of(id, RepoFolder.files(snapshot)).weights()) {
            Path file = snapshot.resolve(name);
            if (Files.isSymbolicLink(file)) {
                blobs.add(file.resolveSibling(Files.readSymbolicLink(file)).normalize());
            } else {
                bytes += Files.size(file);
            }
            Files.delete(file);
        }
        blobs.removeAll(linkedBlobs(repo));
        for (Path blob : blobs) {
            // Only what lies in this repository: a link could lead anywhere.
            if (repo.blobs().equals(blob.getParent())) {
                bytes += Files.isSymbolicLink(blob) ? 0 : Files.size(blob);
                Files.deleteIfExists(blob);
            }
        }
        return bytes;
    }

    /** The blobs that snapshots still need. */
    private static Set<Path> linkedBlobs(RepoFolder repo) throws IOException {
        Set<Path> blobs = new TreeSet<>();
        try (Stream<Path> entries = Files.walk(repo.path().resolve(RepoFolder.SNAPSHOTS))) {
            for (Path link : entries.filter(Files::isSymbolicLink).toList()) {
                blobs.add(link.resolveSibling(Files.readSymbolicLink(link)).normalize());
            }
        }
        return blobs;
    }

    /** Removes a folder. Links are removed, not what they lead to. */
    private static long delete(Path root) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }
}
