package io.github.mamba4j.engine.chat.jinja;

import java.util.List;

/**
 * What {@code keys()}, {@code values()} and {@code items()} of a dictionary give: something with a length that can be gone
 * through, but has no elements by number.
 *
 * @param dict the dictionary
 * @param kind what of it
 */
record ViewValue(DictValue dict, Kind kind) {
    /** What a view shows. */
    enum Kind {
        KEYS("dict_keys"), VALUES("dict_values"), ITEMS("dict_items");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        String shown() {
            return shown;
        }
    }

    List<Object> items() {
        return switch (kind) {
            case KEYS -> dict.keys();
            case VALUES -> dict.values();
            case ITEMS -> dict.items();
        };
    }
}
