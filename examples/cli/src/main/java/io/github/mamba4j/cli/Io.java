package io.github.mamba4j.cli;

import java.io.BufferedWriter;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a run of the program reads and writes. Text is UTF-8 whatever the machine's locale says. Not thread-safe.
 */
final class Io {
    /** The launcher says by this system property whether standard error is a terminal. */
    private static final String TERMINAL = "mamba4j.terminal";

    /** The kinds of files in what stat calls st_mode. */
    private static final int KIND = 0xF000;

    private static final int PIPE = 0x1000;
    private static final int REGULAR_FILE = 0x8000;
    private static final int SOCKET = 0xC000;

    private final InputStream in;
    private final Writer out;
    private final PrintStream err;
    private final boolean terminal;
    private final boolean interactive;
    private final Map<String, String> environment;

    /**
     * Takes streams, which stay open.
     *
     * @param in standard input
     * @param out standard output: results, nothing else
     * @param err standard error: messages and progress
     * @param terminal whether standard error is a terminal
     */
    Io(InputStream in, OutputStream out, OutputStream err, boolean terminal) {
        this(in, out, err, terminal, false, System.getenv());
    }

    /**
     * Takes streams, which stay open.
     *
     * @param in standard input
     * @param out standard output: results, nothing else
     * @param err standard error: messages and progress
     * @param terminal whether standard error is a terminal
     * @param interactive whether standard input is one too, so that a person can be asked
     * @param environment the environment variables
     */
    Io(InputStream in, OutputStream out, OutputStream err, boolean terminal, boolean interactive,
            Map<String, String> environment) {
        this.in = in;
        this.out = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.terminal = terminal;
        this.interactive = interactive;
        this.environment = environment;
    }

    /**
     * The streams of this process.
     *
     * @return the streams; {@code System.out} is passed by, because it hides errors
     */
    static Io ofProcess() {
        boolean terminal = Boolean.getBoolean(TERMINAL);
        // Java tells whether input and output both are a terminal, and nothing of one alone.
        boolean interactive = terminal && System.console() != null && System.console().isTerminal();
        return new Io(System.in, new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err),
                terminal, interactive, System.getenv());
    }

    InputStream in() {
        return in;
    }

    /**
     * Whether something else than a person writes to standard input: a pipe or a file.
     *
     * @return false for a terminal, and for what never gives anything
     */
    boolean isPiped() {
        try {
            if (in == System.in) {
                int kind = (Integer) Files.getAttribute(Path.of("/dev/stdin"), "unix:mode") & KIND;
                return kind == PIPE || kind == REGULAR_FILE || kind == SOCKET;
            }
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // A system that does not tell: see whether anything is there.
        }
        try {
            return in.available() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    PrintStream errStream() {
        return err;
    }

    PrintWriter err() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    boolean terminal() {
        return terminal;
    }

    boolean interactive() {
        return interactive;
    }

    Map<String, String> environment() {
        return environment;
    }

    /**
     * Writes a piece of the result. It is kept until {@link #flush()}.
     *
     * @param text the piece
     * @throws OutputException if it cannot be written
     */
    void print(String text) {
        try {
            out.write(text);
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    /**
     * Writes a line of the result. It is kept until {@link #flush()}.
     *
     * @param text the line
     * @throws OutputException if it cannot be written
     */
    void println(String text) {
        print(text);
        print("\n");
    }

    /**
     * Sends what was written on its way.
     *
     * @throws OutputException if that is impossible
     */
    void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputException(e);
        }
    }

    /** The result's stream for help texts, which picocli prints. */
    PrintWriter outPrinter() {
        return new PrintWriter(out);
    }
}
