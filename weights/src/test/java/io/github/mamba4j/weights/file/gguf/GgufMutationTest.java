package io.github.mamba4j.weights.file.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.mamba4j.kernels.format.Format;
import io.github.mamba4j.weights.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Spoils small sound files at random, from a fixed seed, and reads everything in them: header, metadata, tensors,
 * tokenizer. Whatever comes out is read or refused with a {@link CheckpointException} of one line, within a second and
 * 64 MB; any other exception fails the test.
 *
 * <p>{@code -Dmamba4j.mutations=N} asks for another number of files than the short run's.
 */
class GgufMutationTest {
    private static final int SHORT_RUN = 10_000;
    private static final int ROUNDS = Integer.getInteger("mamba4j.mutations", SHORT_RUN);
    private static final long MAX_BYTES = 64L << 20;
    private static final long MAX_NANOS = 1_000_000_000;
    private static final long[] NASTY = {0, 1, -1, 2, 7, 8, 9, 12, 13, 31, 32, 33, 127, 128, 255, 0x7fff, 0xffff,
            Integer.MAX_VALUE, Integer.MIN_VALUE, 0xffff_ffffL, 1L << 20, 1L << 32, 1L << 40, 1L << 60, Long.MAX_VALUE,
            Long.MIN_VALUE, Long.MAX_VALUE / 32 * 32};

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static byte[] bytes(GgufWriter writer) throws IOException {
        var out = new ByteArrayOutputStream();
        writer.writeTo(out);
        return out.toByteArray();
    }

    private static GgufWriter tensors(GgufWriter writer) {
        for (Format format : List.of(Format.F32, Format.BF16, Format.Q4_0, Format.Q6_K)) {
            long columns = Math.max(format.blockSize(), 4);
            writer.tensor("t." + format, format, List.of(2L, columns),
                    out -> out.write(new byte[(int) format.bytes(2 * columns)]));
        }
        return writer;
    }

    private static GgufWriter byteLevel() {
        return new GgufWriter().string("general.architecture", "mamba").string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", "llama-bpe")
                .strings("tokenizer.ggml.tokens", List.of("<s>", "a", "b", "ab", "<tool>", "[PAD5]"))
                .int32s("tokenizer.ggml.token_type", 3, 1, 1, 1, 4, 5)
                .strings("tokenizer.ggml.merges", List.of("a b")).uint32("tokenizer.ggml.bos_token_id", 0)
                .uint32("tokenizer.ggml.eos_token_id", 0).bool("tokenizer.ggml.add_bos_token", true)
                .string("tokenizer.chat_template", "{{ x }}").float32("x.epsilon", 1e-5f).uint16("split.count", 1);
    }

    private static GgufWriter sentencePiece() {
        return new GgufWriter().string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens", List.of("<unk>", "<s>", "</s>", "\u2581", "a", "\u2581a", "aa"))
                .float32s("tokenizer.ggml.scores", 0, 0, 0, -3, -4, -1, -2)
                .int32s("tokenizer.ggml.token_type", 2, 3, 3, 1, 1, 1, 1);
    }

    /** Values of every type and arrays of arrays, which the writer does not write. */
    private static byte[] everyType() {
        GgufBytes bytes = GgufBytes.header(2, 1, 8).key("general.alignment", GgufValueType.UINT32).i32(64)
                .key("a", GgufValueType.UINT8).raw(1).key("b", GgufValueType.INT64).i64(1)
                .key("c", GgufValueType.UINT64).i64(1).key("d", GgufValueType.FLOAT64).i64(1)
                .key("e", GgufValueType.BOOL).raw(1).key("f", GgufValueType.ARRAY).array(GgufValueType.ARRAY, 2)
                .array(GgufValueType.STRING, 2).text("x").text("yz").array(GgufValueType.BOOL, 3).raw(0, 1, 1)
                .key("g", GgufValueType.ARRAY).array(GgufValueType.UINT16, 2).raw(1, 2, 3, 4);
        return bytes.tensor("t", 8, 0, 32, 2, 1, 1).data(64, 68).bytes();
    }

    private static byte[] mutate(SplittableRandom random, byte[] sound) {
        byte[] file = sound.clone();
        for (int i = random.nextInt(1, 4); i > 0 && file.length > 0; i--) {
            int at = random.nextInt(file.length);
            switch (random.nextInt(8)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt();
                case 2 -> file = Arrays.copyOf(file, at);
                case 3 -> file = replace(file, at, at, file, at, random.nextInt(at, Math.min(at + 40, file.length)));
                case 4 -> file = replace(file, at, random.nextInt(at, Math.min(at + 40, file.length)), file, 0, 0);
                case 5 -> file[at] += (byte) (random.nextBoolean() ? 1 : -1);
                default -> writeNumber(random, file, at);
            }
        }
        return file;
    }

    /** Replaces a range by a range of another array: an insertion or a deletion. */
    private static byte[] replace(byte[] file, int from, int to, byte[] other, int otherFrom, int otherTo) {
        var out = new ByteArrayOutputStream();
        out.write(file, 0, from);
        out.write(other, otherFrom, otherTo - otherFrom);
        out.write(file, to, file.length - to);
        return out.toByteArray();
    }

    private static void writeNumber(SplittableRandom random, byte[] file, int at) {
        ByteBuffer buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long number = NASTY[random.nextInt(NASTY.length)];
        if (random.nextBoolean() && at + 8 <= file.length) {
            buffer.putLong(at, number);
        } else if (at + 4 <= file.length) {
            buffer.putInt(at, (int) number);
        }
    }

    /** Reads all there is to read. */
    private static void readAll(byte[] file, boolean hasTokenizer) throws IOException {
        GgufHeader header = GgufHeader.read("f", MemorySegment.ofArray(file));
        CheckpointException problem = null;
        for (GgufTensor tensor : header.tensors()) {
            try {
                Format format = tensor.format();
                assertEquals(format.bytes(tensor.elements()), tensor.data().byteSize());
                assertTrue(tensor.data().byteSize() <= file.length);
                float[] values = new float[Math.toIntExact(tensor.elements())];
                format.decode(tensor.data(), 0, values, 0, values.length);
            } catch (CheckpointException e) {
                problem = e;
            }
        }
        GgufMetadata metadata = header.metadata();
        for (String key : metadata.keys()) {
            try {
                metadata.describe(key);
                if (metadata.type(key).orElseThrow() == GgufValueType.ARRAY) {
                    readArray(metadata.array(key).orElseThrow());
                }
            } catch (CheckpointException e) {
                problem = e;
            }
        }
        if (hasTokenizer) {
            GgufTokenizer tokenizer = GgufTokenizer.of(metadata);
            tokenizer.tokenizerJson();
            tokenizer.tokenizerConfigJson();
            tokenizer.endTokens();
        }
        if (problem != null) {
            throw problem;
        }
    }

    private static void readArray(GgufArray array) throws IOException {
        switch (array.type()) {
            case STRING -> array.forEachString((i, value) -> value.length());
            case ARRAY -> {
                for (long i = 0; i < array.size(); i++) {
                    readArray(array.array(i));
                }
            }
            case BOOL -> {
                for (long i = 0; i < array.size(); i++) {
                    array.bool(i);
                }
            }
            default -> {
                for (long i = 0; i < array.size(); i++) {
                    array.number(i);
                }
            }
        }
    }

    private static void check(byte[] sound, boolean hasTokenizer) throws IOException {
        readAll(sound, hasTokenizer);
        SplittableRandom random = new SplittableRandom(20260201);
        int refused = 0;
        long mostBytes = 0;
        long mostNanos = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] file = mutate(random, sound);
            long bytes = THREADS.getCurrentThreadAllocatedBytes();
            long nanos = THREADS.getCurrentThreadCpuTime();
            try {
                readAll(file, hasTokenizer);
            } catch (CheckpointException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("f: ") && e.getMessage().lines().count() == 1, e.getMessage());
            }
            mostBytes = Math.max(mostBytes, THREADS.getCurrentThreadAllocatedBytes() - bytes);
            mostNanos = Math.max(mostNanos, THREADS.getCurrentThreadCpuTime() - nanos);
        }
        if (ROUNDS != SHORT_RUN) {
            System.out.println("of " + ROUNDS + " files " + refused + " refused; at most " + mostBytes + " bytes and "
                    + mostNanos / 1000 + " microseconds for one");
        }
        // Most damage is seen; but some falls on values, which can be anything.
        assertTrue(refused > ROUNDS / 4, refused + " refused");
        assertTrue(mostBytes <= MAX_BYTES, mostBytes + " bytes");
        assertTrue(mostNanos <= MAX_NANOS, mostNanos + " ns");
    }

    @Test
    void filesWithAByteLevelTokenizer() throws IOException {
        check(bytes(tensors(byteLevel())), true);
    }

    @Test
    void filesWithASentencePieceTokenizer() throws IOException {
        check(bytes(tensors(sentencePiece())), true);
    }

    @Test
    void filesWithValuesOfEveryType() throws IOException {
        check(everyType(), false);
    }

    /** The largest counts that are accepted, in files that are as long as they have to be. */
    @Test
    void filesThatAskForTheMost() throws IOException {
        int count = GgufHeader.MAX_COUNT;
        GgufBytes entries = GgufBytes.header(3, 0, count);
        for (int i = 0; i < count; i++) {
            entries.key("k" + i, GgufValueType.UINT8).raw(0);
        }
        assertBounded(entries.bytes());
        GgufBytes tensors = GgufBytes.header(3, count, 0);
        for (int i = 0; i < count; i++) {
            tensors.tensor("a-tensor-with-a-rather-long-name-" + i, 0, 0, 0, 0, 0, 0);
        }
        assertBounded(tensors.data(32, 0).bytes());
        GgufBytes strings = GgufBytes.header(3, 0, 1).key("k", GgufValueType.ARRAY).array(GgufValueType.STRING,
                2_000_000);
        for (int i = 0; i < 2_000_000; i++) {
            strings.i64(0);
        }
        assertBounded(strings.bytes());
    }

    private static void assertBounded(byte[] file) throws IOException {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        GgufHeader.read("f", MemorySegment.ofArray(file));
        long allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        assertTrue(allocated <= MAX_BYTES, allocated + " bytes for a file of " + file.length);
    }
}
