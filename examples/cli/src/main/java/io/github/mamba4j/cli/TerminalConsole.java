package io.github.mamba4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/** A conversation on a terminal, with JLine: lines can be edited, and earlier ones called back. */
final class TerminalConsole implements ChatConsole {
    private final Terminal terminal;
    private final LineReader reader;
    private boolean keepsHistory;

    /**
     * Takes a terminal, which is closed with the console.
     *
     * @param terminal the terminal
     */
    TerminalConsole(Terminal terminal) {
        this.terminal = terminal;
        reader = LineReaderBuilder.builder().terminal(terminal).appName("mamba")
                // An exclamation mark is one, and not a call for an earlier line.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                // It is saved here, where a failure can be told of in one line.
                .option(LineReader.Option.HISTORY_INCREMENTAL, false).build();
    }

    /**
     * Opens the terminal of the process.
     *
     * @param history where typed lines are kept
     * @return the console
     * @throws IOException if there is no terminal, or the file is no such history
     */
    static TerminalConsole open(Optional<Path> history) throws IOException {
        var console = new TerminalConsole(
                TerminalBuilder.builder().system(true).encoding(StandardCharsets.UTF_8).build());
        try {
            if (history.isPresent()) {
                console.keepHistory(history.get());
            }
            return console;
        } catch (IOException e) {
            console.close();
            throw e;
        }
    }

    /**
     * Calls the lines of earlier conversations back, and keeps those to come.
     *
     * @param file the file; it need not be there yet
     * @throws IOException naming the file, if it cannot be read or has something else in it
     */
    void keepHistory(Path file) throws IOException {
        // Before the file is named: what goes wrong with it would end up in a log.
        reader.getHistory().attach(reader);
        reader.setVariable(LineReader.HISTORY_FILE, file.toAbsolutePath());
        try {
            reader.getHistory().load();
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException | UncheckedIOException | IllegalArgumentException e) {
            throw new IOException(file + ": expected the lines of earlier conversations, found something else", e);
        }
        keepsHistory = true;
    }

    @Override
    public String readLine(String prompt) throws InterruptedLine {
        try {
            String line = reader.readLine(prompt);
            saveHistory();
            return line;
        } catch (UserInterruptException e) {
            throw new InterruptedLine();
        } catch (EndOfFileException e) {
            return null;
        }
    }

    /** A conversation is worth more than its history: it goes on without one. */
    private void saveHistory() {
        if (!keepsHistory) {
            return;
        }
        try {
            reader.getHistory().save();
        } catch (IOException e) {
            keepsHistory = false;
            tell("(lines are no longer kept: " + Failures.message(e) + ")");
        }
    }

    /** What a model writes must not steer the terminal. */
    @Override
    public void print(String text) {
        terminal.writer().print(text.replaceAll("[\\p{Cc}&&[^\\n\\t]]", "\uFFFD"));
        terminal.flush();
    }

    @Override
    public void tell(String text) {
        text.lines().forEach(terminal.writer()::println);
        terminal.flush();
    }

    @Override
    public boolean isTerminal() {
        return true;
    }

    @Override
    public <T> T cancelled(Runnable cancel, Supplier<T> work) {
        SignalHandler before = terminal.handle(Signal.INT, signal -> cancel.run());
        try {
            return work.get();
        } finally {
            terminal.handle(Signal.INT, before);
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
