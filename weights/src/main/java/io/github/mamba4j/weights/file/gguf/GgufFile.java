package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.InputFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GGUF file of version 2 or 3, or the parts that a large one was split into ({@code NAME-00001-of-00003.gguf}, …),
 * mapped into memory: opening reads the header alone, and a tensor's data is paged in when it is used.
 *
 * <p>Everything in the header is checked. Tensors of types that are not supported can be listed, but have no format.
 *
 * <p>A file that is shortened by somebody while it is open takes its pages away: the next use of them fails with an
 * {@link InternalError}. Replace a file by renaming, not by writing over it.
 *
 * <p>Thread-safe. After {@link #close} the tensors and the metadata fail with an {@link IllegalStateException}.
 */
public final class GgufFile implements AutoCloseable {
    private static final Pattern PART = Pattern.compile("(.*-)(\\d{5})-of-(\\d{5})\\.gguf", Pattern.DOTALL);
    private static final int MAX_PARTS = 10_000;

    private final String location;
    private final Arena arena;
    private final int version;
    private final GgufMetadata metadata;
    private final Map<String, GgufTensor> tensors;
    private final int parts;

    private GgufFile(String location, Arena arena, List<GgufHeader> headers) throws CheckpointException {
        this.location = location;
        this.arena = arena;
        this.version = headers.getFirst().version();
        this.metadata = headers.getFirst().metadata();
        this.parts = headers.size();
        this.tensors = new LinkedHashMap<>();
        for (GgufHeader header : headers) {
            for (GgufTensor tensor : header.tensors()) {
                GgufTensor other = tensors.putIfAbsent(tensor.name(), tensor);
                if (other != null) {
                    throw new CheckpointException(tensor.location() + ": tensor '" + tensor.name()
                            + "': expected it once, found it in " + other.location() + " too");
                }
            }
            if (tensors.size() > GgufHeader.MAX_COUNT) {
                throw new CheckpointException(
                        location + ": expected at most " + GgufHeader.MAX_COUNT + " tensors in all parts, found more");
            }
        }
    }

    /**
     * Maps a file and checks its header.
     *
     * @param path the file; if it is a part of a split one, all parts are opened, which lie in the same folder
     * @return the open file
     * @throws CheckpointException if it is not a sound GGUF file, or a part is missing
     * @throws IOException if it cannot be read
     */
    public static GgufFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            GgufHeader header = GgufHeader.read(path.toString(), InputFile.map(path, arena));
            return new GgufFile(path.toString(), arena, new Parts(path, arena).read(header));
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** Opens the other parts of a split file. */
    private record Parts(Path path, Arena arena) {
        List<GgufHeader> read(GgufHeader opened) throws IOException {
            int count = number(opened, "split.count").orElse(1);
            if (count <= 1) {
                return List.of(opened);
            }
            Path name = path.getFileName();
            Matcher matcher = PART.matcher(name == null ? "" : name.toString());
            if (!matcher.matches() || Integer.parseInt(matcher.group(3)) != count) {
                throw new CheckpointException(path + ": expected a name that ends in " + suffix(0, count)
                        + " or the like, because this is a part of a file split in " + count + "; found '" + name
                        + "'");
            }
            int openedNumber = Integer.parseInt(matcher.group(2)) - 1;
            List<GgufHeader> headers = new ArrayList<>();
            long tensors = 0;
            for (int i = 0; i < count; i++) {
                Path part = path.resolveSibling(matcher.group(1) + suffix(i, count));
                GgufHeader header = i == openedNumber
                        ? opened
                        : GgufHeader.read(part.toString(), InputFile.map(part, arena));
                check(part, header, "split.no", i);
                check(part, header, "split.count", count);
                tensors += header.tensors().size();
                headers.add(header);
            }
            int expected = number(headers.getFirst(), "split.tensors.count").orElse((int) tensors);
            if (tensors != expected) {
                throw new CheckpointException(path + ": expected " + expected + " tensors in " + count
                        + " parts, found " + tensors);
            }
            return headers;
        }

        private static String suffix(int i, int count) {
            return String.format(Locale.ROOT, "%05d-of-%05d.gguf", i + 1, count);
        }

        private static void check(Path part, GgufHeader header, String key, int expected) throws CheckpointException {
            Optional<Integer> found = number(header, key);
            if (!found.equals(Optional.of(expected))) {
                throw new CheckpointException(part + ": metadata '" + key + "': expected " + expected + ", found "
                        + found.map(Object::toString).orElse("none"));
            }
        }

        private static Optional<Integer> number(GgufHeader header, String key) throws CheckpointException {
            OptionalLong number = header.metadata().integer(key);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            // More tensors than that are refused below anyway, and more parts too.
            int most = Math.max(MAX_PARTS, GgufHeader.MAX_COUNT);
            if (number.getAsLong() < 0 || number.getAsLong() > most) {
                throw new CheckpointException(header.metadata().location() + ": metadata '" + key
                        + "': expected a number up to " + most + ", found " + number.getAsLong());
            }
            return Optional.of((int) number.getAsLong());
        }
    }

    /**
     * Where the file lies.
     *
     * @return the path that was opened
     */
    public String location() {
        return location;
    }

    /**
     * The version of the file format.
     *
     * @return 2 or 3
     */
    public int version() {
        return version;
    }

    /**
     * In how many files it lies.
     *
     * @return 1 unless it was split
     */
    public int parts() {
        return parts;
    }

    /**
     * The metadata; of a split file that of the first part.
     *
     * @return the metadata
     */
    public GgufMetadata metadata() {
        return metadata;
    }

    /**
     * The tensors.
     *
     * @return the tensors in the order of the file
     */
    public Collection<GgufTensor> tensors() {
        return Collections.unmodifiableCollection(tensors.values());
    }

    /**
     * A tensor that may be absent.
     *
     * @param name its name
     * @return the tensor; empty if there is none of that name
     */
    public Optional<GgufTensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * A tensor.
     *
     * @param name its name
     * @return the tensor
     * @throws CheckpointException if there is none of that name
     */
    public GgufTensor tensor(String name) throws CheckpointException {
        return find(name)
                .orElseThrow(() -> new CheckpointException(location + ": tensor '" + name + "' is missing"));
    }

    /** Unmaps the file. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
