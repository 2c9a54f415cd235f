package io.github.mamba4j.weights.config;

import java.util.List;

/**
 * The tokens that a configuration says a text begins and ends with. What {@code generation_config.json} says comes first.
 *
 * @param bos the token that begins a text, or -1
 * @param eos the tokens that end a text; may be empty
 */
public record TokenIds(int bos, List<Integer> eos) {
    /** A configuration that names none. */
    public static final TokenIds NONE = new TokenIds(-1, List.of());

    /**
     * Checks the ids and copies the list.
     *
     * @throws IllegalArgumentException if an id is negative
     */
    public TokenIds {
        Checks.range("bos", bos, -1, Integer.MAX_VALUE);
        eos = List.copyOf(eos);
        for (int id : eos) {
            Checks.range("eos", id, 0, Integer.MAX_VALUE);
        }
    }
}
