package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * Keeps other threads and processes of this library from fetching the same blob: {@code .locks/REPO/HASH.lock}. The
 * system ends it with the process, however that ends. It does not exclude huggingface_hub on systems where that takes
 * another kind of lock; a blob gets its name only when it is whole, so that costs traffic and nothing else.
 */
final class BlobLock implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final FileChannel channel;

    private BlobLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits until nobody else fetches the blob.
     *
     * @param cache the folder of the cache
     * @param repo the repository's folder
     * @param oid the blob
     * @param stop ends the waiting
     */
    static BlobLock acquire(Path cache, RepoFolder repo, String oid, Stop stop) throws IOException {
        Path file = cache.resolve(".locks").resolve(repo.path().getFileName()).resolve(oid + ".lock");
        Files.createDirectories(file.getParent());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            while (tryLock(file, channel) == null) {
                stop.sleep(PAUSE);
            }
            return new BlobLock(channel);
        } catch (Throwable e) {
            channel.close();
            throw e;
        }
    }

    private static FileLock tryLock(Path file, FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this process has it.
            return null;
        } catch (IOException e) {
            throw new HubException(file + ": the file cannot be locked: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
