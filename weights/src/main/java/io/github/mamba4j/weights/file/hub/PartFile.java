package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * The beginning of a file, on disk, with the hash of it. A later process can go on with it.
 */
final class PartFile implements AutoCloseable {
    private static final int BUFFER = 1 << 18;

    private final Path path;
    private final HubFile file;
    private final FileChannel channel;
    private final LongConsumer change;
    private MessageDigest digest;
    private long size;

    /**
     * Opens or makes the file, and hashes what is there.
     *
     * @param path where it is
     * @param file what it is to become
     * @param stop ends the hashing
     * @param change is told how many bytes come or go
     */
    PartFile(Path path, HubFile file, Stop stop, LongConsumer change) throws IOException {
        this.path = path;
        this.file = file;
        this.change = change;
        channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
        try {
            restart();
            long stored = channel.size();
            if (stored > file.size()) {
                channel.truncate(0);
            } else {
                hash(stored, stop);
            }
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private void hash(long stored, Stop stop) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        while (size < stored) {
            stop.check();
            int read = channel.read(buffer.clear(), size);
            if (read < 0) {
                return;
            }
            digest.update(buffer.flip());
            grow(read);
        }
    }

    private void grow(long bytes) {
        size += bytes;
        change.accept(bytes);
    }

    long size() {
        return size;
    }

    /** Appends a piece. */
    void append(ByteBuffer piece) throws HubException {
        int length = piece.remaining();
        digest.update(piece.duplicate());
        try {
            long at = size;
            while (piece.hasRemaining()) {
                at += channel.write(piece, at);
            }
        } catch (IOException e) {
            throw new HubException(path + ": the file cannot be written: " + e.getMessage(), e);
        }
        grow(length);
    }

    /** Forgets what is there. */
    void clear() throws IOException {
        channel.truncate(0);
        restart();
    }

    /** The hash is that of the content (64 digits), or git's of a blob, which begins with the length (40 digits). */
    private void restart() {
        boolean git = file.oid().length() == 40;
        try {
            digest = MessageDigest.getInstance(git ? "SHA-1" : "SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-1 and SHA-256", e);
        }
        if (git) {
            digest.update(("blob " + file.size() + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        grow(-size);
    }

    /** The hash of the whole; called once. */
    String hash() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Makes sure that what was written survives a loss of power, before the file gets its final name. */
    void force() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
