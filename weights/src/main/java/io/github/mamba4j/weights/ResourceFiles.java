package io.github.mamba4j.weights;

import io.github.mamba4j.weights.file.FileNames;
import java.io.InputStream;
import java.util.Optional;

/**
 * The files of a checkpoint on the class path, beside this package.
 *
 * @param folder the folder below this package
 */
record ResourceFiles(String folder) implements ModelFiles {
    @Override
    public Optional<InputStream> open(String name) {
        return Optional.ofNullable(ResourceFiles.class.getResourceAsStream(resource(name)));
    }

    @Override
    public boolean has(String name) {
        return ResourceFiles.class.getResource(resource(name)) != null;
    }

    @Override
    public String location() {
        return folder;
    }

    private String resource(String name) {
        return folder + "/" + FileNames.requirePlain(name);
    }
}
