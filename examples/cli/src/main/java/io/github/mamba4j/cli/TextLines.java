package io.github.mamba4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;

/** Texts one after another, from the command line or from the lines of a file. Not thread-safe. */
final class TextLines implements AutoCloseable {
    private static final String JSON_LINES = ".jsonl";

    /** Gives the next line, or null. */
    private interface Source {
        String next() throws IOException;
    }

    private final String name;
    private final Source source;
    private final AutoCloseable closing;
    private final boolean json;
    private long line;

    private TextLines(String name, Source source, AutoCloseable closing, boolean json) {
        this.name = name;
        this.source = source;
        this.closing = closing;
        this.json = json;
    }

    /**
     * Texts that are there.
     *
     * @param texts the texts
     * @return the same
     */
    static TextLines of(List<String> texts) {
        Iterator<String> rest = texts.iterator();
        return new TextLines("--text", () -> rest.hasNext() ? rest.next() : null, () -> {}, false);
    }

    /**
     * Opens a file.
     *
     * @param file its name; {@code -} is standard input. JSON lines if it ends with {@code .jsonl}
     * @param io has the standard input
     * @return the texts, to be closed by the caller
     * @throws IOException if the file cannot be opened
     */
    static TextLines open(String file, Io io) throws IOException {
        var reader = new BufferedReader(TextFiles.open(file, io));
        return new TextLines(file, reader::readLine, reader, file.toLowerCase(Locale.ROOT).endsWith(JSON_LINES));
    }

    /**
     * Reads a text.
     *
     * @return the text; null at the end
     * @throws IOException if it cannot be read, or is not what it should be
     */
    String next() throws IOException {
        String text = source.next();
        line++;
        return text == null || !json ? text : fromJson(text);
    }

    private String fromJson(String text) throws IOException {
        try {
            JsonNode node = Json.parse(text).path("text");
            if (node.isTextual()) {
                return node.textValue();
            }
        } catch (JsonProcessingException e) {
            throw new IOException(place() + ": " + Json.problem(e), e);
        }
        throw new IOException(place() + ": expected a JSON object with a \"text\"");
    }

    /**
     * Where the last text came from, for messages.
     *
     * @return the file and the line
     */
    String place() {
        return TextFiles.label(name) + ", " + (name.equals("--text") ? "text " : "line ") + line;
    }

    @Override
    public void close() throws IOException {
        try {
            closing.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
