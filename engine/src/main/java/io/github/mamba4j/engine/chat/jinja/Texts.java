package io.github.mamba4j.engine.chat.jinja;

import java.util.Locale;

/** Texts as Python has them: sequences of code points. */
final class Texts {
    private Texts() {}

    /** The number of code points. */
    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** The place of a code point, from 0 to the length, in chars. */
    static int offset(String text, int index, Budget budget) {
        budget.scan(text.length());
        return length(text) == text.length() ? index : text.offsetByCodePoints(0, index);
    }

    /** The order of code points, which is not that of chars beyond U+FFFF. */
    static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            char c = a.charAt(i);
            char d = b.charAt(i);
            if (c != d) {
                boolean highC = Character.isSurrogate(c);
                boolean highD = Character.isSurrogate(d);
                return highC == highD ? Character.compare(c, d) : highC ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    static String upper(String text, Budget budget) {
        budget.text(3L * text.length());
        budget.scan(text.length());
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text, Budget budget) {
        budget.text(2L * text.length());
        budget.scan(text.length());
        return text.toLowerCase(Locale.ROOT);
    }

    /** A character at the beginning of a title. */
    static String title(int c) {
        int simple = Character.toTitleCase(c);
        String upper = Character.toString(c).toUpperCase(Locale.ROOT);
        if (simple != c || upper.codePointCount(0, upper.length()) == 1) {
            return Character.toString(simple);
        }
        int first = Character.charCount(upper.codePointAt(0));
        return upper.substring(0, first) + upper.substring(first).toLowerCase(Locale.ROOT);
    }

    /** The first character as in a title, all others small. */
    static String capitalized(String text, Budget budget) {
        if (text.isEmpty()) {
            return text;
        }
        int first = Character.charCount(text.codePointAt(0));
        // The whole is made small, because a sigma looks at what stands before it.
        String small = lower(text, budget);
        int smallFirst = Character.toString(text.codePointAt(0)).toLowerCase(Locale.ROOT).length();
        return title(text.codePointAt(0)) + (first < text.length() ? small.substring(smallFirst) : "");
    }

    /** Repeats a text. */
    static String repeated(String text, int count, Budget budget) {
        long length = (long) text.length() * Math.max(0, count);
        budget.text(length);
        return text.repeat(length == 0 ? 0 : count);
    }
}
