package io.github.mamba4j.engine.chat.jinja;

/**
 * Looks for a text in others, in time that grows with their lengths and not with the product of them (Knuth, Morris and
 * Pratt 1977). All places are those of chars.
 */
final class Finder {
    /** Shorter texts are left to Java, which is faster for them. */
    private static final int SHORT = 16;

    private final String wanted;
    private final Budget budget;
    /** For each length of a beginning of the wanted text the longest shorter beginning that it ends with. */
    private final int[] borders;

    Finder(String wanted, Budget budget) {
        this.wanted = wanted;
        this.budget = budget;
        borders = wanted.length() < SHORT ? null : borders(wanted, budget);
    }

    private static int[] borders(String wanted, Budget budget) {
        budget.text(2L * wanted.length());
        budget.scan(2L * wanted.length());
        int[] borders = new int[wanted.length() + 1];
        int length = 0;
        for (int i = 1; i < wanted.length(); i++) {
            while (length > 0 && wanted.charAt(i) != wanted.charAt(length)) {
                length = borders[length];
            }
            length += wanted.charAt(i) == wanted.charAt(length) ? 1 : 0;
            borders[i + 1] = length;
        }
        return borders;
    }

    /** The first place from one on; -1 if there is none. */
    int in(String text, int from) {
        if (borders == null) {
            int found = text.indexOf(wanted, from);
            budget.scan((found < 0 ? text.length() : found) - (long) from + 8);
            return found;
        }
        int length = 0;
        for (int i = from; i < text.length(); i++) {
            while (length > 0 && text.charAt(i) != wanted.charAt(length)) {
                length = borders[length];
            }
            length += text.charAt(i) == wanted.charAt(length) ? 1 : 0;
            if (length == wanted.length()) {
                budget.scan(2L * (i - from));
                return i + 1 - length;
            }
        }
        budget.scan(2L * Math.max(0, text.length() - from));
        return -1;
    }

    /** The last place that ends at another one or before; -1 if there is none. */
    static int last(String text, String wanted, int to, Budget budget) {
        budget.scan(2L * (to + wanted.length()) + 8);
        if (wanted.length() < SHORT) {
            return text.lastIndexOf(wanted, to - wanted.length());
        }
        String reversed = new StringBuilder(text.substring(0, to)).reverse().toString();
        // Surrogates stay pairs when a text is reversed; the wanted text is turned around in the same way.
        int found = new Finder(new StringBuilder(wanted).reverse().toString(), budget).in(reversed, 0);
        budget.text(to);
        return found < 0 ? -1 : to - found - wanted.length();
    }
}
