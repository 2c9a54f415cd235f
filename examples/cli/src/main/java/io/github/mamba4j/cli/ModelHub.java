package io.github.mamba4j.cli;

import io.github.mamba4j.weights.file.hub.Hub;
import io.github.mamba4j.weights.file.hub.HubException;
import io.github.mamba4j.weights.file.hub.HubId;
import io.github.mamba4j.weights.file.hub.HubListener;
import io.github.mamba4j.weights.file.hub.HubOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Models by name, for the commands: looks them up, and downloads them with a progress bar that Ctrl-C ends. */
final class ModelHub {
    /** What the authors of Mamba trained their models with: their repositories hold no tokenizer of their own. */
    private static final HubId AUTHORS_TOKENIZER = HubId.parse("EleutherAI/gpt-neox-20b");
    private static final String TOKENIZER = "tokenizer.json";
    private static final int MAX_CONFIG = 1 << 20;
    private static final int MEGABYTE = 1_000_000;

    private final Io io;
    private final HubOptions options;

    /**
     * Takes the cache and the server that the environment names.
     *
     * @param io has the environment
     * @throws HubException if a variable has an impossible value
     */
    ModelHub(Io io) throws HubException {
        this.io = io;
        options = HubOptions.fromEnvironment(io.environment());
    }

    Path cache() {
        return options.cache();
    }

    Optional<Path> find(HubId id) throws IOException {
        return Hub.find(id, options);
    }

    Path resolve(HubId id) throws IOException {
        return Hub.resolve(id, options);
    }

    /**
     * Fetches a model, and its tokenizer where that is elsewhere.
     *
     * @param id the model
     * @return the folder or the GGUF file
     * @throws IOException if it cannot be fetched, or was stopped
     */
    Path download(HubId id) throws IOException {
        Path path = watched(listener -> Hub.download(id, options, listener));
        if (hasAuthorsTokenizer(path)) {
            watched(listener -> Hub.downloadFile(AUTHORS_TOKENIZER, TOKENIZER, options, listener));
        }
        return path;
    }

    /**
     * The tokenizer of a model whose folder has none, if it is known and in the cache.
     *
     * @param path the model's folder or file
     * @return the tokenizer
     * @throws IOException if the cache cannot be read
     */
    Optional<Path> tokenizer(Path path) throws IOException {
        return hasAuthorsTokenizer(path)
                ? Hub.findFile(AUTHORS_TOKENIZER, TOKENIZER, options)
                : Optional.empty();
    }

    /** The authors' configurations have {@code d_model} and no {@code model_type}; this tokenizer has 50277 tokens. */
    private static boolean hasAuthorsTokenizer(Path folder) throws IOException {
        Path file = folder.resolve("config.json");
        if (!Files.isDirectory(folder) || Files.exists(folder.resolve(TOKENIZER)) || Files.size(file) > MAX_CONFIG) {
            return false;
        }
        var config = Json.parse(Files.readString(file));
        int vocabulary = config.path("vocab_size").asInt();
        return config.has("d_model") && !config.has("model_type") && vocabulary >= 50277 && vocabulary <= 50304;
    }

    /** Something that is fetched. */
    private interface Fetch {
        Path run(HubListener listener) throws IOException;
    }

    private Path watched(Fetch fetch) throws IOException {
        try (var watch = new Watch(io)) {
            return Interruption.cancels(watch::cancel, () -> fetch.run(watch));
        } catch (CancellationException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Shows how far it is, and hears of Ctrl-C. */
    private static final class Watch implements HubListener, AutoCloseable {
        private final Io io;
        private final AtomicBoolean cancelled = new AtomicBoolean();
        private Progress progress;

        Watch(Io io) {
            this.io = io;
        }

        @Override
        public void started(int files, long bytes) {
            progress = new Progress(io, "Downloading", "MB", Math.ceilDiv(bytes, MEGABYTE));
        }

        @Override
        public void progress(long bytes) {
            progress.to(bytes / MEGABYTE);
        }

        void cancel() {
            cancelled.set(true);
        }

        @Override
        public boolean isCancelled() {
            return cancelled.get();
        }

        @Override
        public void close() {
            if (progress != null) {
                progress.close();
            }
        }
    }
}
