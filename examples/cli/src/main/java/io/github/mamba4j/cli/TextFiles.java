package io.github.mamba4j.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Texts that are read from a file, or from standard input if the file's name is {@code -}. They are UTF-8. */
final class TextFiles {
    /** What a token of English text has, roughly. */
    static final int BYTES_PER_TOKEN = 3;

    private static final String STANDARD_INPUT = "-";

    /** A byte order mark, with which editors of Windows begin a file. */
    private static final char MARK = '\uFEFF';

    private TextFiles() {}

    /**
     * Reads a whole text.
     *
     * @param name a file, or {@code -}
     * @param io has the standard input
     * @return the text
     * @throws IOException naming the file, if it cannot be read or is not UTF-8
     */
    static String read(String name, Io io) throws IOException {
        try (Reader reader = open(name, io)) {
            StringBuilder text = new StringBuilder();
            char[] buffer = new char[1 << 16];
            for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
                text.append(buffer, 0, n);
            }
            return text.toString();
        }
    }

    /**
     * Opens a text. Errors that come while it is read name the file.
     *
     * @param name a file, or {@code -}
     * @param io has the standard input
     * @return the text, to be closed by the caller
     * @throws IOException if it cannot be opened
     */
    static Reader open(String name, Io io) throws IOException {
        if (name.isEmpty()) {
            throw new IOException("expected a file to read, found an empty name");
        }
        InputStream in = name.equals(STANDARD_INPUT) ? io.in() : Files.newInputStream(Path.of(name));
        var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return new NamedReader(label(name), new InputStreamReader(in, decoder));
    }

    /**
     * What messages call a text.
     *
     * @param name a file, or {@code -}
     * @return the file, or that it is standard input
     */
    static String label(String name) {
        return name.equals(STANDARD_INPUT) ? "standard input" : name;
    }

    /**
     * The size of a text.
     *
     * @param name a file, or {@code -}
     * @return bytes, or -1 if that is not known
     * @throws IOException if there is no such file
     */
    static long size(String name) throws IOException {
        return name.equals(STANDARD_INPUT) ? -1 : Files.size(Path.of(name));
    }

    /** Adds the file's name to errors, and leaves out a byte order mark at the beginning. */
    private static final class NamedReader extends Reader {
        private final String name;
        private final Reader reader;
        private boolean begun;

        NamedReader(String name, Reader reader) {
            this.name = name;
            this.reader = reader;
        }

        @Override
        public int read(char[] buffer, int offset, int length) throws IOException {
            try {
                int n = reader.read(buffer, offset, length);
                if (begun || n <= 0) {
                    return n;
                }
                begun = true;
                if (buffer[offset] != MARK) {
                    return n;
                }
                if (n == 1) {
                    return reader.read(buffer, offset, length);
                }
                System.arraycopy(buffer, offset + 1, buffer, offset, n - 1);
                return n - 1;
            } catch (CharacterCodingException e) {
                throw new IOException(name + ": expected text in UTF-8, found other bytes", e);
            } catch (FileSystemException e) {
                throw e;
            } catch (IOException e) {
                throw new IOException(name + ": cannot be read: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }
}
