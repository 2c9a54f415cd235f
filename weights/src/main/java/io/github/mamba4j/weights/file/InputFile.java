package io.github.mamba4j.weights.file;

import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens files: maps them into memory, whatever their length, or streams them. */
public final class InputFile {
    private InputFile() {}

    /**
     * Maps a whole file, read-only.
     *
     * @param path the file
     * @param arena how long the mapping lives
     * @return the content
     * @throws CheckpointException if it is not a file that may be read, only stands for another ({@link StandIn}), or
     *     cannot be mapped
     * @throws IOException if the thread is interrupted
     */
    public static MemorySegment map(Path path, Arena arena) throws IOException {
        MemorySegment content;
        try (FileChannel channel = open(path)) {
            content = map(path, channel, arena);
        }
        long begin = Math.min(content.byteSize(), StandIn.BYTES);
        StandIn.refuse(path.toString(), content.asSlice(0, begin).toArray(ValueLayout.JAVA_BYTE));
        return content;
    }

    private static MemorySegment map(Path path, FileChannel channel, Arena arena) throws IOException {
        try {
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // Java's message says no more than that it failed.
            throw new CheckpointException(path + ": the file cannot be mapped into memory: " + e.getMessage(), e);
        }
    }

    /**
     * Opens a file that is read once.
     *
     * @param path the file
     * @return its content, to be closed by the caller
     * @throws CheckpointException if it is not a file that may be read
     * @throws IOException if it cannot be opened
     */
    public static InputStream read(Path path) throws IOException {
        return Channels.newInputStream(open(path));
    }

    /** Opens a file, or says in one line why not. */
    private static FileChannel open(Path path) throws IOException {
        // A pipe would make the opening wait for a writer.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": expected a file, found "
                    + (Files.isDirectory(path) ? "a folder" : "something else"));
        }
        try {
            return FileChannel.open(path, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(path + ": no such file", e);
        } catch (AccessDeniedException e) {
            throw new CheckpointException(path + ": the file may not be read", e);
        }
    }
}
