package io.github.mamba4j.engine.tokenize;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A tokenizer in Hugging Face's {@code tokenizer.json} format, run by their own library through DJL; its native code
 * comes inside DJL's jar. Nothing is looked up in a network.
 *
 * <p>A text is encoded as {@code AutoTokenizer} does it by default: special tokens are added as the file's post-processor
 * says, special tokens spelled out in the text are recognised, blank text is text like any other, nothing is cut off and
 * nothing padded, whatever the file says. One difference: Python refuses lone surrogates, here they count as U+FFFD.
 *
 * <p>Decoding works on the tokens' bytes and gives what {@code decode(ids, skip_special_tokens=True)} gives, except that
 * bytes spelled {@code <0xNN>} that are not UTF-8 become one U+FFFD for each maximal part and not for each byte.
 *
 * <p>Thread-safe. Closing twice is harmless; a closed tokenizer still decodes, but does not encode.
 */
public final class HfTokenizer implements Tokenizer, AutoCloseable {
    /** The file's name beside a checkpoint. */
    public static final String FILE_NAME = "tokenizer.json";

    private static final int MAX_FILE_BYTES = 128 << 20;
    /** The native interface counts a text's bytes in 32 bits, and a char may take three. */
    private static final int MAX_TEXT_CHARS = Integer.MAX_VALUE / 3;

    private final TokenTable table;
    /** Readers encode; the writer closes. */
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** The native object; 0 when closed. */
    private long handle;

    private HfTokenizer(long handle, TokenTable table) {
        this.handle = handle;
        this.table = table;
    }

    /**
     * Loads the tokenizer that lies beside a checkpoint.
     *
     * @param files the checkpoint's files
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if there is none, or it cannot be used
     */
    public static HfTokenizer load(ModelFiles files) throws IOException {
        String location = files.location() + "/" + FILE_NAME;
        try (InputStream in = files.open(FILE_NAME).orElseThrow(
                () -> new CheckpointException(location + ": no such file, so text cannot be turned into tokens"))) {
            return load(location, in);
        }
    }

    /**
     * Loads a tokenizer.
     *
     * @param path a {@code tokenizer.json}, or the folder it lies in
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if the file cannot be read or used
     */
    public static HfTokenizer load(Path path) throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve(FILE_NAME) : path;
        try (InputStream in = Files.newInputStream(file)) {
            return load(file.toString(), in);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + ": no such file", e);
        }
    }

    /**
     * Loads a tokenizer.
     *
     * @param location where it comes from, for messages
     * @param in the content of a {@code tokenizer.json}; not closed
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if the content cannot be read or used
     */
    public static HfTokenizer load(String location, InputStream in) throws IOException {
        byte[] utf8 = in.readNBytes(MAX_FILE_BYTES);
        if (in.read() >= 0) {
            throw new CheckpointException(location + ": expected at most " + MAX_FILE_BYTES + " bytes, found more");
        }
        String json;
        try {
            json = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        } catch (CharacterCodingException e) {
            throw new CheckpointException(location + ": expected JSON in UTF-8, found other bytes", e);
        }
        // Read here first: what is not even a vocabulary never gets to native code.
        TokenTable table = TokenTableReader.read(location, json);
        return new HfTokenizer(create(location, json), table);
    }

    /**
     * Calls the native library directly and not through DJL's HuggingFaceTokenizer, which sends a request to the
     * machine's cloud metadata service when made, cuts texts at 512 tokens unless told otherwise, and fetches offsets
     * and words of every token, many times the work of the ids.
     */
    private static long create(String location, String json) throws CheckpointException {
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new CheckpointException("the native tokenizer library cannot be loaded: " + e.getMessage(), e);
        }
        try {
            long handle = TokenizersLibrary.LIB.createTokenizerFromString(json);
            TokenizersLibrary.LIB.disableTruncation(handle);
            TokenizersLibrary.LIB.disablePadding(handle);
            return handle;
        } catch (RuntimeException e) {
            throw new CheckpointException(location + ": not a usable tokenizer: " + e.getMessage(), e);
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the tokenizer is closed
     * @throws IllegalArgumentException if the text has more than 715 million chars
     */
    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        Objects.requireNonNull(text, "text");
        if (text.length() > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException(
                    "a text of " + text.length() + " chars: expected at most " + MAX_TEXT_CHARS);
        }
        lock.readLock().lock();
        try {
            requireOpen();
            // Native code would end the process over a lone surrogate.
            long encoding = TokenizersLibrary.LIB.encode(handle, wellFormed(text), addSpecialTokens);
            try {
                return toInts(TokenizersLibrary.LIB.getTokenIds(encoding));
            } finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    private void requireOpen() {
        if (handle == 0) {
            throw new IllegalStateException("the tokenizer is closed");
        }
    }

    private static int[] toInts(long[] ids) {
        int[] ints = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            if (ids[i] > Integer.MAX_VALUE) {
                throw new IllegalStateException("the tokenizer's file gives a token the id " + ids[i]);
            }
            ints[i] = (int) ids[i];
        }
        return ints;
    }

    /** The text with U+FFFD for each lone surrogate; the same object if there is none. */
    static String wellFormed(String text) {
        StringBuilder copy = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (copy == null) {
                copy = new StringBuilder(text);
            }
            copy.setCharAt(i, '\uFFFD');
        }
        return copy == null ? text : copy.toString();
    }

    /** What Hugging Face's own decoder says, to be compared with. */
    String nativeDecode(int... ids) {
        lock.readLock().lock();
        try {
            requireOpen();
            return TokenizersLibrary.LIB.decode(handle, Arrays.stream(ids).asLongStream().toArray(), true);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public byte[] tokenBytes(int id) {
        return id >= 0 && id < vocabSize() ? table.bytes().get(id).clone() : new byte[0];
    }

    @Override
    public boolean isSpecial(int id) {
        return id >= 0 && table.special().get(id);
    }

    @Override
    public int vocabSize() {
        return table.bytes().size();
    }

    @Override
    public boolean dropsLeadingSpace() {
        return table.dropsLeadingSpace();
    }

    /** Frees the native tokenizer. Waits for calls that still run. */
    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (handle != 0) {
                TokenizersLibrary.LIB.deleteTokenizer(handle);
                handle = 0;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
