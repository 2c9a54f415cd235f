package io.github.mamba4j.weights;

import io.github.mamba4j.weights.file.FileNames;
import io.github.mamba4j.weights.file.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files of a checkpoint in a folder.
 *
 * @param folder the folder
 */
record FolderFiles(Path folder) implements ModelFiles {
    @Override
    public Optional<InputStream> open(String name) throws IOException {
        return has(name) ? Optional.of(InputFile.read(folder.resolve(name))) : Optional.empty();
    }

    @Override
    public boolean has(String name) {
        return Files.isRegularFile(folder.resolve(FileNames.requirePlain(name)));
    }

    @Override
    public String location() {
        return folder.toString();
    }
}
