package io.github.mamba4j.engine.generate;

import java.util.List;

/**
 * Watches a text for stop strings as it comes, in pieces of any length, and lets go only what cannot be the beginning of
 * one: the longest end of the text that may still become a stop string is held back. The first stop string to be complete
 * ends the text before it; if several are complete at once, the longest.
 *
 * <p>One automaton per string (Knuth, Morris, Pratt 1977), so that the cost of a char does not depend on what came
 * before. Not thread-safe.
 */
final class StopMatcher {
    private final String[] stops;
    /** By string and length of what matches: the length of the longest shorter beginning that also matches. */
    private final int[][] fallback;
    /** By string: how much of it the end of the text matches. */
    private final int[] matched;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    StopMatcher(List<String> stops) {
        this.stops = stops.toArray(String[]::new);
        matched = new int[this.stops.length];
        fallback = new int[this.stops.length][];
        for (int s = 0; s < fallback.length; s++) {
            fallback[s] = fallback(this.stops[s]);
        }
    }

    private static int[] fallback(String stop) {
        int[] fallback = new int[stop.length() + 1];
        for (int i = 1, k = 0; i < stop.length(); i++) {
            k = next(stop, fallback, k, stop.charAt(i));
            fallback[i + 1] = k;
        }
        return fallback;
    }

    /** How much of the string matches after one more char. */
    private static int next(String stop, int[] fallback, int matched, char c) {
        int k = matched;
        while (k > 0 && stop.charAt(k) != c) {
            k = fallback[k];
        }
        return stop.charAt(k) == c ? k + 1 : 0;
    }

    /**
     * Takes more text.
     *
     * @return the text that is safe to show now
     */
    String feed(String text) {
        if (stops.length == 0 || stopped) {
            return stopped ? "" : text;
        }
        for (int i = 0; i < text.length(); i++) {
            held.append(text.charAt(i));
            int complete = advance(text.charAt(i));
            if (complete > 0) {
                stopped = true;
                return release(held.length() - complete);
            }
        }
        int longest = 0;
        for (int m : matched) {
            longest = Math.max(longest, m);
        }
        return release(held.length() - longest);
    }

    /** Moves all automata on; returns the length of the longest string that is complete, or 0. */
    private int advance(char c) {
        int complete = 0;
        for (int s = 0; s < stops.length; s++) {
            matched[s] = next(stops[s], fallback[s], matched[s], c);
            if (matched[s] == stops[s].length()) {
                complete = Math.max(complete, matched[s]);
            }
        }
        return complete;
    }

    private String release(int length) {
        String released = held.substring(0, length);
        held.delete(0, length);
        return released;
    }

    /** Whether a stop string was found. */
    boolean isStopped() {
        return stopped;
    }

    /** Ends the text: returns what was held back in vain. */
    String finish() {
        String rest = stopped ? "" : held.toString();
        held.setLength(0);
        return rest;
    }
}
