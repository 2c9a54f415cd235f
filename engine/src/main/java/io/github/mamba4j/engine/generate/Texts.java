package io.github.mamba4j.engine.generate;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Values for people, cut where they are long. */
final class Texts {
    private static final int MAX_IDS = 16;
    private static final int MAX_CHARS = 200;

    private Texts() {}

    /** {@code [1, 2, 3]}, or {@code [1, 2, 3, ... 500 in all]}. */
    static String shortened(int[] ids) {
        if (ids.length <= MAX_IDS) {
            return Arrays.toString(ids);
        }
        return Arrays.stream(ids).limit(MAX_IDS).mapToObj(Integer::toString)
                .collect(Collectors.joining(", ", "[", ", ... " + ids.length + " in all]"));
    }

    /** The text in quotes. */
    static String shortened(String text) {
        return text.length() <= MAX_CHARS
                ? '"' + text + '"'
                : '"' + text.substring(0, MAX_CHARS) + "...\" (" + text.length() + " chars)";
    }
}
