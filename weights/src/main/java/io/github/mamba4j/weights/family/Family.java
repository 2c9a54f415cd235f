package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.CheckpointException;

/**
 * A family of models: what its configurations say and how its files name parameters. Nothing of it is left once a model is
 * loaded.
 */
interface Family {
    /** What this family is called where a refusal lists the supported ones, with the names that configurations give it. */
    String name();

    /** Whether a configuration is of this family. */
    boolean accepts(Settings settings) throws CheckpointException;

    /**
     * What a configuration says. A setting that would change the arithmetic and is not supported is refused by name.
     *
     * @throws CheckpointException naming the setting that is missing, wrong or not supported
     * @throws IllegalArgumentException if a dimension is out of range
     */
    Description describe(Settings settings) throws CheckpointException;
}
