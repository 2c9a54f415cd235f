package io.github.mamba4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    TerminalConsole(Optional<Path> history) throws IOException {
        terminal = TerminalBuilder.builder().system(true).encoding(StandardCharsets.UTF_8).build();
        var builder = LineReaderBuilder.builder().terminal(terminal).appName("mamba")
                // An exclamation mark is one, and not a call for an earlier line.
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true);
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file.toAbsolutePath()));
        reader = builder.build();
    }

    @Override
    public String readLine(String prompt) throws InterruptedLine {
        try {
            return reader.readLine(prompt);
        } catch (UserInterruptException e) {
            throw new InterruptedLine();
        } catch (EndOfFileException e) {
            return null;
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
