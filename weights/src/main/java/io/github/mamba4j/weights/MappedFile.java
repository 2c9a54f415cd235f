package io.github.mamba4j.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Maps files into memory, whatever their length. */
final class MappedFile {
    private MappedFile() {}

    /**
     * Maps a whole file, read-only.
     *
     * @param path the file
     * @param arena how long the mapping lives
     * @return the content
     */
    static MemorySegment map(Path path, Arena arena) throws IOException {
        if (Files.isDirectory(path)) {
            throw new CheckpointException(path + ": expected a file, found a folder");
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(path + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new CheckpointException(path + ": the file may not be read", e);
        }
    }
}
