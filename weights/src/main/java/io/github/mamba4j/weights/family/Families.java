package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.Collectors;

/** The families that are supported. */
public final class Families {
    private static final List<Family> ALL = List.of(new Mamba1(), new Mamba1Authors(), new FalconMamba(), new Mamba2(),
            new Mamba2Authors(), new GraniteHybrid(), new Jamba(), new Bamba(), new NemotronH(), new Lfm2(),
            new Qwen35());

    private Families() {}

    /**
     * Reads a {@code config.json}.
     *
     * @param location the file, for messages
     * @param in its content; not closed
     * @return what it says
     * @throws CheckpointException if it cannot be read, or is that of a model that is not supported
     * @throws IOException if reading fails
     */
    public static Description read(String location, InputStream in) throws IOException {
        Settings settings = Settings.read(location, in);
        for (Family family : ALL) {
            if (family.accepts(settings)) {
                try {
                    return family.describe(settings);
                } catch (IllegalArgumentException e) {
                    throw new CheckpointException(location + ": " + e.getMessage(), e);
                }
            }
        }
        String type = settings.string("model_type", "");
        throw new CheckpointException(location + (type.isEmpty()
                ? ": expected model_type or d_model, found neither"
                : ": model_type '" + type + "' is not supported") + "; supported: " + names());
    }

    private static String names() {
        return ALL.stream().map(Family::name).distinct().collect(Collectors.joining(", "));
    }
}
