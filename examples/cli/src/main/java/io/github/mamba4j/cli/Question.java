package io.github.mamba4j.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;

/** Asks the person at the terminal. */
final class Question {
    private static final Set<String> YES = Set.of("y", "yes");
    private static final int MAX_ANSWER = 100;

    private Question() {}

    /**
     * Asks a question that is answered by yes or no.
     *
     * @param io the terminal
     * @param question the question
     * @return true after a yes; false after anything else, or if nobody can be asked
     * @throws IOException if standard input cannot be read
     */
    static boolean ask(Io io, String question) throws IOException {
        if (!io.interactive()) {
            return false;
        }
        io.errStream().print(question + " [y/N] ");
        io.errStream().flush();
        StringBuilder answer = new StringBuilder();
        // Byte by byte: what comes after the line belongs to the command.
        for (int c = io.in().read(); c >= 0 && c != '\n' && answer.length() < MAX_ANSWER; c = io.in().read()) {
            answer.append((char) c);
        }
        return YES.contains(answer.toString().strip().toLowerCase(Locale.ROOT));
    }
}
