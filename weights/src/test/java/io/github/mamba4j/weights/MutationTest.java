package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.family.Families;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import io.github.mamba4j.weights.file.safetensors.SafetensorsHeader;
import io.github.mamba4j.weights.file.torch.TorchBytes;
import io.github.mamba4j.weights.file.torch.TorchFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Spoils small sound files at random, from a fixed seed. Whatever comes out is read or refused with a
 * {@link CheckpointException} of one line; any other exception fails the test.
 */
class MutationTest {
    private static final int ROUNDS = 20_000;
    private static final long[] NASTY = {0, 1, -1, 127, 128, 255, 0x7fff, 0xffff, Integer.MAX_VALUE, Integer.MIN_VALUE,
            0xffff_ffffL, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40};

    /** Reads what may be anything. */
    private interface Reader {
        Map<String, Tensor> read(byte[] file) throws IOException;
    }

    private static byte[] mutate(SplittableRandom random, byte[] sound) {
        byte[] file = sound.clone();
        for (int i = random.nextInt(1, 4); i > 0 && file.length > 0; i--) {
            int at = random.nextInt(file.length);
            switch (random.nextInt(6)) {
                case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> file[at] = (byte) random.nextInt();
                case 2 -> file = java.util.Arrays.copyOf(file, at);
                case 3 -> file = splice(file, at, at, file, at, random.nextInt(at, Math.min(at + 40, file.length)));
                case 4 -> file = splice(file, at, random.nextInt(at, Math.min(at + 40, file.length)), file, 0, 0);
                default -> writeNumber(random, file, at);
            }
        }
        return file;
    }

    /** Replaces a range by a range of another array: an insertion or a deletion. */
    private static byte[] splice(byte[] file, int from, int to, byte[] other, int otherFrom, int otherTo) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
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

    private static void check(byte[] sound, Reader reader) throws IOException {
        reader.read(sound);
        SplittableRandom random = new SplittableRandom(20260101);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] file = mutate(random, sound);
            try {
                for (Tensor tensor : reader.read(file).values()) {
                    assertEquals(tensor.type().byteSize(tensor.shape()), tensor.data().byteSize());
                    assertTrue(tensor.data().byteSize() <= file.length);
                    tensor.data().mismatch(tensor.data());
                }
            } catch (CheckpointException e) {
                refused++;
                assertTrue(e.getMessage().startsWith("f: ") && e.getMessage().lines().count() == 1, e.getMessage());
            }
        }
        // Most damage is seen; but some falls on values, which can be anything.
        assertTrue(refused > ROUNDS / 4, refused + " refused");
    }

    @Test
    void safetensors() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType dtype : new DType[]{DType.F32, DType.BF16, DType.F64}) {
            tensors.put("t." + dtype, SafetensorsBytes.tensor("t." + dtype, dtype, List.of(2L, 2L), 1, 2, 3, 4));
        }
        check(SafetensorsBytes.of(tensors),
                file -> SafetensorsHeader.read("f", MemorySegment.ofArray(file)).tensors());
    }

    @Test
    void zipArchives() throws IOException {
        TorchBytes pickle = new TorchBytes().op('}').text("x")
                .tensor("FloatStorage", "0", 12, 0, new long[]{3, 4}, 1, 3).op('s', '.');
        check(pickle.file(), file -> TorchFile.read("f", MemorySegment.ofArray(file), Arena.ofAuto()));
    }

    @Test
    void zip64Archives() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("m/data.pkl", new TorchBytes().op('}').text("x")
                .tensor("ByteStorage", "0", 3, 0, new long[]{3}, 1).op('s', '.').bytes());
        entries.put("m/data/0", new byte[3]);
        check(TorchBytes.zip(entries, true),
                file -> TorchFile.read("f", MemorySegment.ofArray(file), Arena.ofAuto()));
    }

    @Test
    void pickles() throws IOException {
        TorchBytes pickle = new TorchBytes().global("collections", "OrderedDict").op('q', 0, ')', 'R', '(').text("x")
                .tensor("FloatStorage", "0", 12, 0, new long[]{3, 4}, 4, 1).text("y")
                .tensor("ByteStorage", "1", 8, 2, new long[]{5}, 1).text("z")
                .tensorOfType("uint16", "1", 8, new long[]{2}, 2).text("size").global("torch", "Size").integers(2)
                .op(0x85, 'R').text("list").op(']', '(', 'K', 1, 'N', 'e', 'N', 'a', 'K', 5, 0x8a, 9).u32(1).u32(2)
                .op(0, 'u', 'r').u32(1).op('}').text("_metadata")
                .op('h', 0, ')', 'R', 's', 'b', '.');
        check(pickle.bytes(), file -> {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            entries.put("m/data.pkl", file);
            entries.put("m/data/0", new byte[48]);
            entries.put("m/data/1", new byte[8]);
            byte[] zip = TorchBytes.zip(entries, false);
            Map<String, Tensor> tensors = TorchFile.read("f", MemorySegment.ofArray(zip), Arena.ofAuto());
            tensors.values().removeIf(tensor -> tensor.data().byteSize() > file.length);
            return tensors;
        });
    }

    @Test
    void configurations() throws IOException {
        String sound = "{\"model_type\":\"mamba\",\"vocab_size\":100,\"hidden_size\":40,\"num_hidden_layers\":3,"
                + "\"expand\":2,\"eos_token_id\":[2,9],\"layer_norm_epsilon\":1e-05,\"time_step_rank\":\"auto\"}";
        check(sound.getBytes(StandardCharsets.UTF_8), file -> {
            Families.read("f", new ByteArrayInputStream(file));
            return Map.of();
        });
    }
}
