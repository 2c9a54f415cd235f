package io.github.mamba4j.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.function.Supplier;

/** A conversation without a terminal: lines in, answers out, and nothing else on standard output. */
final class StreamConsole implements ChatConsole {
    private final Io io;
    private final BufferedReader lines;

    StreamConsole(Io io) throws IOException {
        this.io = io;
        lines = new BufferedReader(TextFiles.open("-", io));
    }

    @Override
    public String readLine(String prompt) throws IOException {
        return lines.readLine();
    }

    @Override
    public void print(String text) {
        io.print(text);
        io.flush();
    }

    @Override
    public void tell(String text) {
        io.errStream().println(text);
    }

    @Override
    public boolean isTerminal() {
        return false;
    }

    @Override
    public <T> T cancelled(Runnable cancel, Supplier<T> work) {
        return Interruption.cancels(cancel, work::get);
    }

    /** Standard input stays open, as all streams of {@link Io} do. */
    @Override
    public void close() {}
}
