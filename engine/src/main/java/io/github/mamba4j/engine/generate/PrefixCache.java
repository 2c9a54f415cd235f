package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.io.IOException;
import java.nio.IntBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers what a model's state is after beginnings of prompts that come again: a system prompt, a conversation so far.
 * A prompt that begins with the same tokens goes on from there, and gives the same bits as if it had been read whole.
 *
 * <p>What is longest unused goes when the memory is full. With a directory, states outlive the process and may be shared
 * by several: each is a file of its own, written in one step, checked when read; a damaged one is deleted and read as if
 * it were not there. Problems with files are logged and do no harm otherwise.
 *
 * <p>Thread-safe.
 */
public final class PrefixCache {
    /** How many bytes a remembered token takes. */
    private static final int TOKEN_BYTES = Integer.BYTES;

    private final MambaModel model;
    private final long maxBytes;
    private final Optional<PrefixFiles> files;
    /** By the tokens consumed, which a buffer compares by content; the longest unused first. */
    private final LinkedHashMap<IntBuffer, MambaState> states = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    private PrefixCache(MambaModel model, long maxBytes, Optional<PrefixFiles> files) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("maxBytes: expected 0 or more, found " + maxBytes);
        }
        this.model = model;
        this.maxBytes = maxBytes;
        this.files = files;
    }

    /**
     * A cache in memory.
     *
     * @param model whose states are kept
     * @param maxBytes the memory for states
     * @return an empty cache
     */
    public static PrefixCache inMemory(MambaModel model, long maxBytes) {
        return new PrefixCache(model, maxBytes, Optional.empty());
    }

    /**
     * A cache in memory and in files.
     *
     * @param model whose states are kept
     * @param maxBytes the memory for states
     * @param directory where the files are; created if needed. Those of other models are left alone
     * @param maxFileBytes the space for files of this model; the longest unused go
     * @return a cache with what the directory has
     * @throws IOException if the directory cannot be made
     */
    public static PrefixCache inDirectory(MambaModel model, long maxBytes, Path directory, long maxFileBytes)
            throws IOException {
        return new PrefixCache(model, maxBytes, Optional.of(PrefixFiles.open(model, directory, maxFileBytes)));
    }

    /**
     * A state that was found.
     *
     * @param length how many tokens it has consumed
     * @param state a copy, the caller's own
     */
    public record Prefix(int length, MambaState state) {}

    /**
     * The state after the longest known beginning.
     *
     * @param tokens the tokens of a prompt
     * @param maxLength how long the beginning may be; a prompt of n tokens asks for n - 1, because the logits after the
     *     last are not remembered
     * @return the beginning's state; empty if none is known
     */
    public Optional<Prefix> find(int[] tokens, int maxLength) {
        int limit = Math.min(maxLength, tokens.length);
        Optional<Prefix> remembered = findInMemory(tokens, limit);
        if (files.isEmpty()) {
            return remembered;
        }
        int least = remembered.map(Prefix::length).orElse(0) + 1;
        Optional<Prefix> stored = files.get().find(tokens, least, limit);
        stored.ifPresent(p -> remember(Arrays.copyOf(tokens, p.length()), p.state().copy()));
        return stored.or(() -> remembered);
    }

    private synchronized Optional<Prefix> findInMemory(int[] tokens, int maxLength) {
        IntBuffer best = null;
        for (IntBuffer known : states.keySet()) {
            int length = known.remaining();
            if (length <= maxLength && (best == null || length > best.remaining())
                    && known.equals(IntBuffer.wrap(tokens, 0, length))) {
                best = known;
            }
        }
        return best == null
                ? Optional.empty()
                : Optional.of(new Prefix(best.remaining(), states.get(best).copy()));
    }

    /**
     * Remembers a state.
     *
     * @param tokens holds the tokens that it has consumed, from the first on
     * @param length how many they are
     * @param state the state, which is copied
     * @throws IllegalArgumentException if the state has consumed another number of tokens
     */
    public void put(int[] tokens, int length, MambaState state) {
        if (length < 1 || state.tokensConsumed() != length) {
            throw new IllegalArgumentException(
                    "expected a state after " + length + " tokens (at least 1), found one after "
                            + state.tokensConsumed());
        }
        int[] prefix = Arrays.copyOf(tokens, length);
        remember(prefix, state.copy());
        files.ifPresent(f -> f.store(prefix, state));
    }

    private synchronized void remember(int[] tokens, MambaState state) {
        IntBuffer key = IntBuffer.wrap(tokens).asReadOnlyBuffer();
        if (states.put(key, state) == null) {
            bytes += bytes(key, state);
        }
        Iterator<Map.Entry<IntBuffer, MambaState>> oldest = states.entrySet().iterator();
        while (bytes > maxBytes) {
            Map.Entry<IntBuffer, MambaState> entry = oldest.next();
            bytes -= bytes(entry.getKey(), entry.getValue());
            oldest.remove();
        }
    }

    private static long bytes(IntBuffer key, MambaState state) {
        return state.byteSize() + (long) TOKEN_BYTES * key.remaining();
    }

    /**
     * The memory in use.
     *
     * @return bytes of states and tokens, never more than the limit
     */
    public synchronized long bytes() {
        return bytes;
    }

    /**
     * How many states are in memory.
     *
     * @return the number
     */
    public synchronized int size() {
        return states.size();
    }

    /** Forgets all that is in memory. Files stay. */
    public synchronized void clear() {
        states.clear();
        bytes = 0;
    }

    /** Whether the states fit a model. */
    boolean isFor(MambaModel other) {
        return model == other || model.fingerprint() == other.fingerprint();
    }
}
