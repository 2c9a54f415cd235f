package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Models by name. Thread-safe; several threads and processes may download at the same time, also the same model.
 */
public final class Hub {
    private Hub() {}

    /**
     * Looks a model up in the cache. Never uses the network.
     *
     * @param id the model
     * @param options where the cache is
     * @return a folder with {@code config.json} and weights, or a GGUF file (the first, if it is in parts); empty if it is
     *     not there, or not all of it
     * @throws IOException if the cache cannot be read
     */
    public static Optional<Path> find(HubId id, HubOptions options) throws IOException {
        return Lookup.find(options.cache(), id).path();
    }

    /**
     * Looks a model up in the cache. Never uses the network.
     *
     * @param id the model
     * @param options where the cache is
     * @return a folder with {@code config.json} and weights, or a GGUF file (the first, if it is in parts)
     * @throws HubException saying what is missing
     * @throws IOException if the cache cannot be read
     */
    public static Path resolve(HubId id, HubOptions options) throws IOException {
        Lookup.Result found = Lookup.find(options.cache(), id);
        return found.path().orElseThrow(() -> new HubException(found.missing()));
    }

    /**
     * Fetches a model into the cache: its configuration, its tokenizer and its weights, of these safetensors rather than
     * PyTorch's; or one GGUF file. What is there is not fetched again. After a failure, a stop, or the end of the process
     * the next call goes on with what is there.
     *
     * @param id the model
     * @param options where the cache is, and which server to ask
     * @param listener is told how it goes, and can stop it
     * @return a folder with {@code config.json} and weights, or a GGUF file (the first, if it is in parts)
     * @throws HubException if there is no such model, it may not be fetched, or the server does not do what it should
     * @throws java.io.InterruptedIOException if the thread was interrupted
     * @throws CancellationException if the listener stopped it
     * @throws IOException if the cache cannot be written
     */
    public static Path download(HubId id, HubOptions options, HubListener listener) throws IOException {
        return new HubDownload(id, options, listener).model();
    }

    /**
     * Looks for a file of a repository in the cache, whatever else of it is there. Never uses the network.
     *
     * @param id the repository and revision
     * @param name the name of the file
     * @param options where the cache is
     * @return the file; empty if it is not there
     * @throws IOException if the cache cannot be read
     * @throws IllegalArgumentException if the name leads out of the repository
     */
    public static Optional<Path> findFile(HubId id, String name, HubOptions options) throws IOException {
        HubFile.requirePath(name);
        RepoFolder repo = RepoFolder.of(options.cache(), id);
        return repo.commit(id.revision()).map(commit -> repo.snapshot(commit).resolve(name))
                .filter(Files::isRegularFile);
    }

    /**
     * Fetches one file of a repository, for instance the tokenizer that a model without one was trained with.
     *
     * @param id the repository and revision
     * @param name the name of the file
     * @param options where the cache is, and which server to ask
     * @param listener is told how it goes, and can stop it
     * @return the file
     * @throws HubException if there is no such file, it may not be fetched, or the server does not do what it should
     * @throws CancellationException if the listener stopped it
     * @throws IOException if the cache cannot be written
     * @throws IllegalArgumentException if the name leads out of the repository
     */
    public static Path downloadFile(HubId id, String name, HubOptions options, HubListener listener)
            throws IOException {
        HubFile.requirePath(name);
        return new HubDownload(id, options, listener).files(Set.of(name)).resolve(name);
    }
}
