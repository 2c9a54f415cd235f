package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;

/**
 * The metadata of a GGUF file: values by key, read from the mapped file when they are asked for. A value of another type
 * than the one asked for is refused with a message that names both.
 *
 * <p>Thread-safe. After the file is closed, reading fails with an {@link IllegalStateException}.
 */
public final class GgufMetadata {
    /** The longest text that is made of a value: chat templates have some ten thousand characters. */
    private static final long MAX_STRING = 4 << 20;
    private static final int SHOWN = 60;

    private final String location;
    private final MemorySegment file;
    private final Map<String, Entry> entries;

    GgufMetadata(String location, MemorySegment file, Map<String, Entry> entries) {
        this.location = location;
        this.file = file;
        this.entries = entries;
    }

    /**
     * Where a value lies.
     *
     * @param type its type
     * @param begin its first byte
     * @param end the byte after its last
     */
    record Entry(GgufValueType type, long begin, long end) {}

    /**
     * The file, for messages.
     *
     * @return where the metadata comes from
     */
    public String location() {
        return location;
    }

    /**
     * The keys.
     *
     * @return the keys in the order of the file
     */
    public Set<String> keys() {
        return Collections.unmodifiableSet(entries.keySet());
    }

    /**
     * The type of a value.
     *
     * @param key its key
     * @return the type; empty if there is no such key
     */
    public Optional<GgufValueType> type(String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::type);
    }

    /**
     * A text.
     *
     * @param key its key
     * @return the text; empty if there is no such key
     * @throws CheckpointException if the value is no text, no UTF-8, or longer than 4 MiB
     */
    public Optional<String> string(String key) throws CheckpointException {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.type() != GgufValueType.STRING) {
            throw wrong(key, entry).apply("a text");
        }
        return Optional.of(new Cursor(location, file, entry.begin(), entry.end()).string(MAX_STRING, what(key)));
    }

    /**
     * A whole number of any size and sign.
     *
     * @param key its key
     * @return the number; empty if there is no such key
     * @throws CheckpointException if the value is no whole number below 2^63
     */
    public OptionalLong integer(String key) throws CheckpointException {
        Entry entry = entries.get(key);
        return entry == null
                ? OptionalLong.empty()
                : OptionalLong.of(Values.integer(file, entry.type(), entry.begin(), wrong(key, entry)));
    }

    /**
     * A number of any type.
     *
     * @param key its key
     * @return the number; empty if there is no such key
     * @throws CheckpointException if the value is no number
     */
    public OptionalDouble number(String key) throws CheckpointException {
        Entry entry = entries.get(key);
        return entry == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(Values.number(file, entry.type(), entry.begin(), wrong(key, entry)));
    }

    /**
     * A truth value.
     *
     * @param key its key
     * @return the value; empty if there is no such key
     * @throws CheckpointException if the value is no truth value
     */
    public Optional<Boolean> bool(String key) throws CheckpointException {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.type() != GgufValueType.BOOL) {
            throw wrong(key, entry).apply("a truth value");
        }
        return Optional.of(file.get(ValueLayout.JAVA_BYTE, entry.begin()) != 0);
    }

    /**
     * An array.
     *
     * @param key its key
     * @return the array; empty if there is no such key
     * @throws CheckpointException if the value is no array
     */
    public Optional<GgufArray> array(String key) throws CheckpointException {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.type() != GgufValueType.ARRAY) {
            throw wrong(key, entry).apply("an array");
        }
        return Optional.of(Values.array(location, what(key), file, entry.begin()));
    }

    /**
     * A value in one line, for people: long texts are cut, of arrays the size and the type is told.
     *
     * @param key its key
     * @return the line; empty if there is no such key
     * @throws CheckpointException if the value is a text that is no UTF-8
     */
    public Optional<String> describe(String key) throws CheckpointException {
        Entry entry = entries.get(key);
        if (entry == null) {
            return Optional.empty();
        }
        return Optional.of(switch (entry.type()) {
            case STRING -> shown(key, entry);
            case ARRAY -> array(key).orElseThrow().toString();
            case BOOL -> bool(key).orElseThrow().toString();
            case FLOAT32 -> Float.toString((float) number(key).orElseThrow());
            case FLOAT64 -> Double.toString(number(key).orElseThrow());
            case UINT64 -> Long.toUnsignedString(file.get(Cursor.I64, entry.begin()));
            default -> Long.toString(integer(key).orElseThrow());
        });
    }

    private String shown(String key, Entry entry) throws CheckpointException {
        if (entry.end() - entry.begin() > MAX_STRING) {
            return "a text of " + (entry.end() - entry.begin() - Long.BYTES) + " bytes";
        }
        String line = string(key).orElseThrow().replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", " ");
        return line.length() > SHOWN ? line.substring(0, SHOWN) + "..." : line;
    }

    /** The bytes of a value as they lie in the file, without the type. */
    MemorySegment bytes(String key) {
        Entry entry = entries.get(key);
        return file.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    private static String what(String key) {
        return "metadata '" + key + "'";
    }

    private Function<String, CheckpointException> wrong(String key, Entry entry) {
        return expected -> new CheckpointException(
                location + ": " + what(key) + ": expected " + expected + ", found " + entry.type());
    }
}
