package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds models in the cache, without the network. */
final class Lookup {
    private Lookup() {}

    /**
     * What was found.
     *
     * @param path the folder or the GGUF file, if all is there
     * @param missing what is not there, else
     */
    record Result(Optional<Path> path, String missing) {
        static Result found(Path path) {
            return new Result(Optional.of(path), "");
        }

        static Result missing(String reason) {
            return new Result(Optional.empty(), reason);
        }
    }

    /** Looks in the cache. */
    static Result find(Path cache, HubId id) throws IOException {
        RepoFolder repo = RepoFolder.of(cache, id);
        if (!Files.isDirectory(repo.path())) {
            return Result.missing(id + ": there is no such model in the cache " + cache);
        }
        Optional<String> commit = repo.commit(id.revision());
        if (commit.isEmpty()) {
            return Result.missing(id + ": the cache " + cache + " has no revision '" + id.revision() + "' of it");
        }
        return findIn(repo.snapshot(commit.get()), id);
    }

    /** Looks in a snapshot. */
    static Result findIn(Path snapshot, HubId id) throws IOException {
        List<String> names = RepoFolder.files(snapshot);
        ModelChoice choice;
        try {
            choice = ModelChoice.of(id, names);
        } catch (HubException e) {
            return Result.missing(e.getMessage() + " in " + snapshot);
        }
        if (choice.isIndex()) {
            Set<String> shards = ShardNames.read(snapshot.resolve(choice.weights().getFirst()));
            Optional<String> absent = shards.stream().filter(shard -> !names.contains(shard)).findFirst();
            if (absent.isPresent()) {
                return Result.missing(id + ": " + absent.get() + " is missing in " + snapshot);
            }
        }
        return Result.found(choice.format() == ModelChoice.Format.GGUF
                ? snapshot.resolve(choice.weights().getFirst())
                : snapshot);
    }
}
