package io.github.mamba4j.engine;

import io.github.mamba4j.weights.ModelFiles;
import java.io.InputStream;
import java.util.Optional;

/** What lies beside weights that were made in memory: nothing. */
record NoFiles() implements ModelFiles {
    @Override
    public Optional<InputStream> open(String name) {
        return Optional.empty();
    }

    @Override
    public boolean has(String name) {
        return false;
    }

    @Override
    public String location() {
        return "weights in memory";
    }
}
