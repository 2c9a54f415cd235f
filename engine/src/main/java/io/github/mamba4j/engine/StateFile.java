package io.github.mamba4j.engine;

import io.github.mamba4j.engine.state.LayerState;
import io.github.mamba4j.engine.state.StateLayout;
import io.github.mamba4j.engine.state.StateTensor;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsStream;
import io.github.mamba4j.weights.file.safetensors.SafetensorsWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The saved form of a state: a safetensors file, which other tools can open. Its tensors are those of
 * {@link MambaState#tensors}, in float32, and {@code tokens} if there are any; its metadata says {@code format}
 * ({@value #FORMAT}), {@code version}, {@code fingerprint} of the model, {@code position}, a checksum of the whole file, and
 * whatever else belongs to the state.
 *
 * <p>Sizes follow from the model that the state is loaded for and from the position, so that no length in a file decides
 * what is allocated.
 */
public final class StateFile {
    private static final String FORMAT = "mamba4j-state";
    private static final String VERSION = "1";
    private static final String TOKENS = "tokens";
    /** Words of a conversation are in the metadata. */
    private static final int MAX_HEADER_BYTES = 1 << 25;
    private static final long MAX_TOKENS_BYTES = 1L << 30;

    /**
     * A state and what belongs to it.
     *
     * @param state the state
     * @param metadata what else there is to say; keys of the format itself are not allowed
     * @param tokens token ids, such as those that the state has consumed; may be empty
     */
    public record Content(MambaState state, Map<String, String> metadata, int[] tokens) {
        /** Checks that nothing is missing. */
        public Content {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(metadata, "metadata");
            Objects.requireNonNull(tokens, "tokens");
        }

        /**
         * A state alone.
         *
         * @param state the state
         * @return the content
         */
        public static Content of(MambaState state) {
            return new Content(state, Map.of(), new int[0]);
        }
    }

    private StateFile() {}

    /**
     * Writes a file. It is replaced in one step once the new one is safely on the disk.
     *
     * @param content what to write
     * @param file the file
     * @throws IOException if writing fails
     * @throws IllegalStateException if a call that failed left the state unusable
     */
    public static void write(Content content, Path file) throws IOException {
        content.state().requireWhole();
        AtomicFile.replace(file, out -> write(content, out));
    }

    /**
     * Writes to a stream, which is not closed.
     *
     * @param content what to write
     * @param out where to write to
     * @throws IOException if writing fails
     * @throws IllegalStateException if a call that failed left the state unusable
     */
    public static void write(Content content, OutputStream out) throws IOException {
        MambaState state = content.state();
        state.requireWhole();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("version", VERSION);
        metadata.put("fingerprint", state.identity().hex());
        metadata.put("position", Long.toString(state.tokensConsumed()));
        content.metadata().forEach((key, value) -> {
            if (metadata.putIfAbsent(key, value) != null) {
                throw new IllegalArgumentException("metadata: expected a key of your own, found '" + key + "'");
            }
        });
        var writer = new SafetensorsWriter(metadata);
        for (StateTensor tensor : state.saved()) {
            writer.add(tensor.name(), tensor.shape(), tensor.values());
        }
        if (content.tokens().length > 0) {
            writer.add(TOKENS, content.tokens());
        }
        writer.writeWithChecksum(out);
    }

    /**
     * Reads a file that holds nothing else.
     *
     * @param file the file
     * @param model the model that the state belongs to
     * @return the state and what belongs to it
     * @throws StateFormatException if this is not a whole, sound state of this model; the message says what is wrong
     * @throws IOException if reading fails
     */
    public static Content read(Path file, MambaModel model) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new StateFormatException(file + ": expected a file, found something else");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            Content content = read(in, model, file.toString());
            if (in.read() >= 0) {
                throw new StateFormatException(file + ": there are bytes after the end of the state");
            }
            return content;
        }
    }

    /**
     * Reads from a stream, to the end of the state and no further.
     *
     * @param in where to read from; not closed
     * @param model the model that the state belongs to
     * @param source what messages call the stream
     * @return the state and what belongs to it
     * @throws StateFormatException if this is not a whole, sound state of this model; the message says what is wrong
     * @throws IOException if reading fails
     */
    public static Content read(InputStream in, MambaModel model, String source) throws IOException {
        try {
            SafetensorsStream stream = SafetensorsStream.open(source, in, MAX_HEADER_BYTES);
            Map<String, String> metadata = new HashMap<>(stream.metadata());
            require(source, "format", FORMAT, metadata.remove("format"));
            require(source, "version", VERSION, metadata.remove("version"));
            ModelIdentity identity = model.identity();
            String fingerprint = Objects.requireNonNullElse(metadata.remove("fingerprint"), "unknown");
            long position = position(source, metadata.remove("position"));
            long expected = bytes(source, model, position);
            if (stream.dataBytes() < expected || stream.dataBytes() > expected + MAX_TOKENS_BYTES) {
                throw new StateFormatException(source + ": expected " + expected + " bytes of state after " + position
                        + " tokens, found " + stream.dataBytes());
            }
            if (!fingerprint.equals(identity.hex())) {
                throw new StateFormatException(source + ": " + identity.mismatch(fingerprint));
            }
            Map<String, Tensor> tensors = stream.readChecked();
            metadata.remove(SafetensorsWriter.CHECKSUM);
            return new Content(state(source, model, position, tensors), metadata, tokens(source, tensors));
        } catch (CheckpointException e) {
            throw new StateFormatException(e.getMessage(), e);
        }
    }

    private static void require(String source, String key, String expected, String found) throws IOException {
        if (!expected.equals(found)) {
            throw new StateFormatException(source + (key.equals("format")
                    ? ": not a saved state"
                    : ": expected " + key + " " + expected + " of the format, found " + found));
        }
    }

    private static long position(String source, String text) throws IOException {
        if (text == null || !text.matches("[0-9]{1,18}")) {
            throw new StateFormatException(source + ": position: expected a number of tokens, found " + text);
        }
        return Long.parseLong(text);
    }

    private static long bytes(String source, MambaModel model, long position) throws IOException {
        if (position > model.options().maxContext()) {
            throw new StateFormatException(source + ": expected at most " + model.options().maxContext()
                    + " tokens (maxContext), found " + position);
        }
        long values = 0;
        try {
            for (StateLayout.Slot slot : model.identity().layout().slots()) {
                for (StateTensor shape : slot.spec().newState().shapes(position)) {
                    values += shape.size();
                }
            }
        } catch (ArithmeticException e) {
            throw new StateFormatException(source + ": position: expected a number of tokens whose keys and values fit"
                    + " arrays, found " + position, e);
        }
        return values * Float.BYTES;
    }

    private static MambaState state(String source, MambaModel model, long position, Map<String, Tensor> tensors)
            throws IOException {
        MambaState state = model.newState();
        StateLayout layout = model.identity().layout();
        List<List<StateTensor>> slots = new ArrayList<>();
        for (int slot = 0; slot < layout.slots().size(); slot++) {
            LayerState empty = state.sequence().slot(slot);
            List<StateTensor> found = new ArrayList<>();
            for (StateTensor shape : empty.shapes(position)) {
                found.add(tensor(source, layout.slots().get(slot).name() + "." + shape.name(), shape, tensors));
            }
            slots.add(found);
        }
        state.sequence().load(slots, position);
        return state;
    }

    private static StateTensor tensor(String source, String name, StateTensor shape, Map<String, Tensor> tensors)
            throws IOException {
        Tensor tensor = tensors.get(name);
        List<Long> sizes = shape.shape().stream().map(Integer::longValue).toList();
        if (tensor == null || !tensor.shape().equals(sizes)) {
            throw new StateFormatException(source + ": tensor '" + name + "': expected shape " + sizes + ", found "
                    + (tensor == null ? "no such tensor" : tensor.shape()));
        }
        return new StateTensor(shape.name(), shape.shape(), tensor.toFloats());
    }

    private static int[] tokens(String source, Map<String, Tensor> tensors) throws IOException {
        Tensor tensor = tensors.get(TOKENS);
        if (tensor == null) {
            return new int[0];
        }
        long[] values = tensor.toLongs();
        int[] tokens = new int[values.length];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = (int) values[i];
            if (tokens[i] != values[i]) {
                throw new StateFormatException(source + ": tokens: expected 32-bit ids, found " + values[i]);
            }
        }
        return tokens;
    }
}
