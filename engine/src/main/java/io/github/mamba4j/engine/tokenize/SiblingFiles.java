package io.github.mamba4j.engine.tokenize;

import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The files in a folder.
 *
 * @param folder the folder
 */
record SiblingFiles(Path folder) implements ModelFiles {
    @Override
    public Optional<InputStream> open(String name) throws IOException {
        return has(name) ? Optional.of(Files.newInputStream(folder.resolve(name))) : Optional.empty();
    }

    @Override
    public boolean has(String name) {
        return Files.isRegularFile(folder.resolve(name));
    }

    @Override
    public String location() {
        return folder.toString();
    }
}
