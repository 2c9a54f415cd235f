package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.StateFormatException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The files of a {@link PrefixCache}. A file is called {@code FINGERPRINT-LENGTH-DIGEST.state}: the model, how many
 * tokens, and the SHA-256 of their ids as little-endian ints, so that the name says all that is looked for. The time of
 * last change is the time of last use. Thread-safe, also between processes.
 */
final class PrefixFiles {
    private static final Logger LOG = System.getLogger(PrefixFiles.class.getName());
    private static final String SUFFIX = ".state";

    private final MambaModel model;
    private final Path directory;
    private final long maxBytes;
    private final String prefix;

    private PrefixFiles(MambaModel model, Path directory, long maxBytes) {
        this.model = model;
        this.directory = directory;
        this.maxBytes = maxBytes;
        prefix = HexFormat.of().toHexDigits(model.fingerprint()) + "-";
    }

    static PrefixFiles open(MambaModel model, Path directory, long maxBytes) throws IOException {
        Files.createDirectories(directory);
        return new PrefixFiles(model, directory, maxBytes);
    }

    /** The longest known beginning whose length is within bounds. */
    Optional<PrefixCache.Prefix> find(int[] tokens, int minLength, int maxLength) {
        try {
            Map<Integer, Path> candidates = candidates(tokens, minLength, maxLength);
            for (int length : new TreeSet<>(candidates.keySet()).descendingSet()) {
                Optional<MambaState> state = load(candidates.get(length), length);
                if (state.isPresent()) {
                    return Optional.of(new PrefixCache.Prefix(length, state.get()));
                }
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the prefix cache cannot be read: " + e);
        }
        return Optional.empty();
    }

    /** The files whose names fit, by length. */
    private Map<Integer, Path> candidates(int[] tokens, int minLength, int maxLength) throws IOException {
        Map<String, Path> byName = new HashMap<>();
        TreeSet<Integer> lengths = new TreeSet<>();
        for (Path file : list()) {
            String name = file.getFileName().toString();
            byName.put(name, file);
            lengthOf(name).filter(n -> n >= minLength && n <= maxLength).ifPresent(lengths::add);
        }
        Map<Integer, Path> fitting = new HashMap<>();
        MessageDigest digest = sha256();
        int from = 0;
        for (int length : lengths) {
            update(digest, tokens, from, length);
            from = length;
            Path file = byName.get(name(length, snapshot(digest)));
            if (file != null) {
                fitting.put(length, file);
            }
        }
        return fitting;
    }

    private Optional<MambaState> load(Path file, int length) throws IOException {
        try {
            MambaState state = MambaState.load(file, model);
            if (state.tokensConsumed() != length) {
                throw new StateFormatException(file + ": expected a state after " + length + " tokens, found one after "
                        + state.tokensConsumed());
            }
            touch(file);
            return Optional.of(state);
        } catch (StateFormatException e) {
            LOG.log(Level.WARNING, "deleted from the prefix cache: " + e.getMessage());
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Another process may have deleted it meanwhile.
            LOG.log(Level.WARNING, "passed over in the prefix cache: " + e);
        }
        return Optional.empty();
    }

    private static void touch(Path file) {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "the time of last use cannot be kept: " + e);
        }
    }

    /** Writes a state unless it is there, and makes room. */
    void store(int[] tokens, MambaState state) {
        MessageDigest digest = sha256();
        update(digest, tokens, 0, tokens.length);
        Path file = directory.resolve(name(tokens.length, digest.digest()));
        try {
            if (!Files.exists(file)) {
                state.save(file);
                evict();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the prefix cache cannot be written: " + e);
        }
    }

    private void evict() throws IOException {
        record Stored(Path path, long bytes, FileTime used) {}
        List<Stored> stored = new ArrayList<>();
        long bytes = 0;
        for (Path file : list()) {
            stored.add(new Stored(file, Files.size(file), Files.getLastModifiedTime(file)));
            bytes += stored.getLast().bytes();
        }
        stored.sort(Comparator.comparing(Stored::used));
        for (Stored file : stored) {
            if (bytes <= maxBytes) {
                break;
            }
            Files.deleteIfExists(file.path());
            bytes -= file.bytes();
        }
    }

    private List<Path> list() throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, prefix + "*" + SUFFIX)) {
            found.forEach(files::add);
        }
        return files;
    }

    private String name(int length, byte[] digest) {
        return prefix + length + "-" + HexFormat.of().formatHex(digest) + SUFFIX;
    }

    private Optional<Integer> lengthOf(String name) {
        String length = name.substring(prefix.length()).split("-", 2)[0];
        return length.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(length)) : Optional.empty();
    }

    private static void update(MessageDigest digest, int[] tokens, int from, int to) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * (to - from)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(tokens, from, to - from);
        digest.update(bytes);
    }

    private static byte[] snapshot(MessageDigest digest) {
        try {
            return ((MessageDigest) digest.clone()).digest();
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
