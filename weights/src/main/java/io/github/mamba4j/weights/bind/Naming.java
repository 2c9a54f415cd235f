package io.github.mamba4j.weights.bind;

import java.util.List;

/** How the files of a family name parameters. */
public interface Naming {
    /**
     * Where a parameter may be stored.
     *
     * @param canonical its canonical name, such as {@code layers.3.mixer.in_proj.weight}
     * @return the places, the likeliest first; at least one
     */
    List<Source> sources(String canonical);

    /**
     * Whether a tensor belongs to a part that a text model leaves alone, such as a vision tower.
     *
     * @param tensor a stored name
     * @return true if nobody needs to be told that it is not used
     */
    default boolean ignores(String tensor) {
        return false;
    }
}
