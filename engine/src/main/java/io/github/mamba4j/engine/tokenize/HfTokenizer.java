package io.github.mamba4j.engine.tokenize;

import io.github.mamba4j.engine.tokenize.file.TokenizerFile;
import io.github.mamba4j.engine.tokenize.file.TokenizerFileReader;
import io.github.mamba4j.engine.tokenize.file.TokenizerJson;
import io.github.mamba4j.engine.tokenize.file.TokenizerSettings;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.pipeline.EncodedText;
import io.github.mamba4j.engine.tokenize.pipeline.EncoderReader;
import io.github.mamba4j.engine.tokenize.pipeline.TextEncoder;
import io.github.mamba4j.engine.tokenize.pipeline.UncoveredException;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * A tokenizer in Hugging Face's {@code tokenizer.json} format. Texts are encoded in Java, or, where a file uses something
 * that is not known there, by Hugging Face's own native library, which comes inside DJL's jar and is copied to a private
 * folder and loaded only then; {@link TokenizerChoice} says which. Nothing is looked up in a network.
 *
 * <p>A tokenizer that is loaded from a folder is what transformers' {@code AutoTokenizer} makes of that folder: special
 * tokens and settings of {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json}
 * count.
 *
 * <p>A text is encoded as {@code AutoTokenizer} does it by default: special tokens are added as the file's post-processor
 * says, special tokens spelled out in the text are recognised, blank text is text like any other, nothing is cut off and
 * nothing padded, whatever the file says. Two differences: Python refuses lone surrogates, here they count as U+FFFD, and
 * more than 1,000 combining marks in a row are not brought into order over more than 1,000 of them.
 *
 * <p>Decoding works on the tokens' bytes and gives what {@code decode(ids, skip_special_tokens=True)} gives, except that
 * bytes spelled {@code <0xNN>} that are not UTF-8 become one U+FFFD for each maximal part and not for each byte.
 *
 * <p>Encoding in Java takes time and memory that grow like the text (n log n for a text without any border of words), and
 * ends with a {@link CancellationException} when its thread is interrupted. The native library cannot be interrupted, and
 * takes texts of at most 8 million chars.
 *
 * <p>Thread-safe. Closing twice is harmless; a closed tokenizer still decodes, but does not encode.
 */
public final class HfTokenizer implements Tokenizer, AutoCloseable {
    /** The file's name beside a checkpoint. */
    public static final String FILE_NAME = "tokenizer.json";

    /** Every char becomes at most three tokens, and these are counted in 32 bits. */
    private static final int MAX_TEXT_CHARS = Integer.MAX_VALUE / 3;

    private final TokenTable table;
    /** One of the two is null. */
    private final TextEncoder encoder;
    private final NativeTexts natives;
    private volatile boolean closed;

    private HfTokenizer(TokenTable table, TextEncoder encoder, NativeTexts natives) {
        this.table = table;
        this.encoder = encoder;
        this.natives = natives;
    }

    /**
     * Loads the tokenizer that lies beside a checkpoint.
     *
     * @param files the checkpoint's files
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if there is none, or it cannot be used
     * @throws IllegalArgumentException if the system property {@value TokenizerChoice#PROPERTY} has an impossible value
     */
    public static HfTokenizer load(ModelFiles files) throws IOException {
        return load(files, TokenizerChoice.fromProperty());
    }

    /**
     * Loads the tokenizer that lies beside a checkpoint.
     *
     * @param files the checkpoint's files
     * @param choice which code is to encode texts
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if there is none, or it cannot be used
     */
    public static HfTokenizer load(ModelFiles files, TokenizerChoice choice) throws IOException {
        String location = files.location() + "/" + FILE_NAME;
        try (InputStream in = files.open(FILE_NAME).orElseThrow(
                () -> new CheckpointException(location + ": no such file, so text cannot be turned into tokens"))) {
            byte[] bytes = TokenizerFileReader.bytes(location, in);
            return create(TokenizerSettings.apply(TokenizerFileReader.read(location, bytes), files), bytes, choice);
        }
    }

    /**
     * Loads a tokenizer.
     *
     * @param path a {@code tokenizer.json}, or the folder it lies in
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if the file cannot be read or used
     * @throws IllegalArgumentException if the system property {@value TokenizerChoice#PROPERTY} has an impossible value
     */
    public static HfTokenizer load(Path path) throws IOException {
        return load(path, TokenizerChoice.fromProperty());
    }

    /**
     * Loads a tokenizer.
     *
     * @param path a {@code tokenizer.json}, or the folder it lies in
     * @param choice which code is to encode texts
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if the file cannot be read or used
     */
    public static HfTokenizer load(Path path, TokenizerChoice choice) throws IOException {
        Path file = Files.isDirectory(path) ? path.resolve(FILE_NAME) : path;
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = TokenizerFileReader.bytes(file.toString(), in);
            TokenizerFile read = TokenizerFileReader.read(file.toString(), bytes);
            Path folder = file.toAbsolutePath().getParent();
            return create(TokenizerSettings.apply(read, new SiblingFiles(folder)), bytes, choice);
        } catch (NoSuchFileException e) {
            throw new CheckpointException(file + ": no such file", e);
        }
    }

    /**
     * Loads a tokenizer from a single file; there is nothing beside it that could change it.
     *
     * @param location where it comes from, for messages
     * @param in the content of a {@code tokenizer.json}; not closed
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if the content cannot be read or used
     * @throws IllegalArgumentException if the system property {@value TokenizerChoice#PROPERTY} has an impossible value
     */
    public static HfTokenizer load(String location, InputStream in) throws IOException {
        return load(location, in, TokenizerChoice.fromProperty());
    }

    /**
     * Loads a tokenizer from a single file; there is nothing beside it that could change it.
     *
     * @param location where it comes from, for messages
     * @param in the content of a {@code tokenizer.json}; not closed
     * @param choice which code is to encode texts
     * @return the tokenizer, to be closed by the caller
     * @throws IOException if the content cannot be read or used
     */
    public static HfTokenizer load(String location, InputStream in, TokenizerChoice choice) throws IOException {
        byte[] bytes = TokenizerFileReader.bytes(location, in);
        return create(TokenizerFileReader.read(location, bytes), bytes, choice);
    }

    private static HfTokenizer create(TokenizerFile file, byte[] bytes, TokenizerChoice choice)
            throws CheckpointException {
        // What cannot be decoded is refused whoever encodes.
        List<String> contents = file.added().stream().map(AddedToken::content).toList();
        TokenTable plain = new TokenTable(file, contents);
        TextEncoder java = null;
        String missing = "";
        if (choice != TokenizerChoice.HF) {
            try {
                java = EncoderReader.read(file);
            } catch (UncoveredException e) {
                missing = e.getMessage();
            }
        }
        if (java != null) {
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < file.added().size(); i++) {
                texts.add(java.normalizedText(i));
            }
            return new HfTokenizer(texts.equals(contents) ? plain : new TokenTable(file, texts), java, null);
        }
        if (choice == TokenizerChoice.JAVA) {
            throw new CheckpointException(
                    file.location() + ": " + missing + " is not supported by the tokenizer in Java");
        }
        new NativeAllowList(file).check();
        return new HfTokenizer(plain, null, new NativeTexts(file, bytes));
    }

    /** The native tokenizer, and a second one for texts that go on from others, made when it is first needed. */
    private static final class NativeTexts implements AutoCloseable {
        private final TokenizerFile file;
        private final byte[] bytes;
        private final NativeTokenizer whole;
        private NativeTokenizer continued;

        NativeTexts(TokenizerFile file, byte[] bytes) throws CheckpointException {
            this.file = file;
            this.bytes = bytes;
            whole = NativeTokenizer.create(file.location(), TokenizerJson.render(bytes, file, true));
        }

        synchronized NativeTokenizer of(boolean continuation) {
            if (!continuation) {
                return whole;
            }
            if (continued == null) {
                try {
                    continued = NativeTokenizer.create(file.location(), TokenizerJson.render(bytes, file, false));
                } catch (CheckpointException e) {
                    throw new IllegalStateException(e.getMessage(), e);
                }
            }
            return continued;
        }

        @Override
        public synchronized void close() {
            whole.close();
            if (continued != null) {
                continued.close();
            }
        }
    }

    /**
     * Which code encodes texts.
     *
     * @return {@link TokenizerChoice#JAVA} or {@link TokenizerChoice#HF}
     */
    public TokenizerChoice implementation() {
        return encoder != null ? TokenizerChoice.JAVA : TokenizerChoice.HF;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if the tokenizer is closed
     * @throws IllegalArgumentException if the text has more than 715 million chars (8 million with the native library), or
     *     the tokenizer makes it many times as long
     * @throws CancellationException if the thread is interrupted while a long text is encoded in Java; its mark stays
     */
    @Override
    public int[] encode(String text, boolean addSpecialTokens) {
        return encode(text, new EncodeOptions(addSpecialTokens, true, false));
    }

    @Override
    public int[] encodeContinuation(String text) {
        return encode(text, EncodeOptions.CONTINUATION);
    }

    @Override
    public int[] encode(String text, EncodeOptions options) {
        String checked = checked(text, options);
        if (encoder == null) {
            return natives.of(options.continuation()).encode(checked, options.addSpecialTokens());
        }
        return encoder.encode(checked, options.addSpecialTokens(), options.recogniseSpecialTokens(),
                options.continuation());
    }

    /**
     * The tokens of a text and where they are in it.
     *
     * @param text any text; may be empty
     * @param options how it is encoded
     * @return the tokens
     * @throws IllegalStateException if the tokenizer is closed
     * @throws UnsupportedOperationException if special tokens are not to be recognised with the native library
     */
    public TokenizedText encodeWithOffsets(String text, EncodeOptions options) {
        String checked = checked(text, options);
        if (encoder == null) {
            return natives.of(options.continuation()).encodeWithOffsets(checked, options.addSpecialTokens());
        }
        EncodedText encoded = encoder.encodeWithPlaces(checked, options.addSpecialTokens(),
                options.recogniseSpecialTokens(), options.continuation());
        return new TokenizedText(encoded.ids(), encoded.starts(), encoded.ends());
    }

    private String checked(String text, EncodeOptions options) {
        Objects.requireNonNull(text, "text");
        if (text.length() > MAX_TEXT_CHARS) {
            throw new IllegalArgumentException(
                    "a text of " + text.length() + " chars: expected at most " + MAX_TEXT_CHARS);
        }
        if (closed) {
            throw new IllegalStateException("the tokenizer is closed");
        }
        if (encoder == null && !options.recogniseSpecialTokens()) {
            throw new UnsupportedOperationException(
                    "the native tokenizer library always recognises special tokens in a text");
        }
        return wellFormed(text);
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
        if (natives == null) {
            throw new IllegalStateException("the tokenizer is not a native one");
        }
        return natives.of(false).decode(ids);
    }

    @Override
    public byte[] tokenBytes(int id) {
        return table.bytes(id, false);
    }

    @Override
    public byte[] firstTokenBytes(int id) {
        return table.bytes(id, true);
    }

    @Override
    public TextEdges edges() {
        return table.edges();
    }

    @Override
    public boolean isSpecial(int id) {
        return table.isSpecial(id);
    }

    @Override
    public int vocabSize() {
        return table.size();
    }

    @Override
    public boolean dropsLeadingSpace() {
        return table.firstDiffers() || table.edges().start() > 0 && table.edges().content() == ' ';
    }

    /** Frees what is native. Waits for calls that still run. */
    @Override
    public void close() {
        closed = true;
        if (natives != null) {
            natives.close();
        }
    }
}
