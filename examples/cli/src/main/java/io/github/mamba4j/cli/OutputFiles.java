package io.github.mamba4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that results are written to. */
final class OutputFiles {
    private OutputFiles() {}

    /**
     * Finds out whether a file can be written, before the work is done whose result would be lost.
     *
     * @param file the file, which is there or not
     * @throws IOException naming the file, if it cannot be written
     */
    static void check(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(file + ": expected a file to write to, found a folder");
        }
        // A pipe or a device would be replaced by a file.
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(file + ": expected a file to write to, found something else");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            throw new IOException(file + ": there is no folder " + folder + " to write it to");
        }
        if (!Files.isWritable(folder)) {
            throw new IOException(file + ": not allowed to write to the folder " + folder);
        }
    }
}
