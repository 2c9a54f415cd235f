package io.github.mamba4j.weights.file.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
    @TempDir
    private Path folder;

    private static String refusal(byte[] file) {
        return assertThrows(CheckpointException.class,
                () -> SafetensorsHeader.read("f.safetensors", MemorySegment.ofArray(file))).getMessage();
    }

    private static String tensor(String dtype, String shape, String offsets) {
        return "{\"x\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}".formatted(dtype, shape, offsets);
    }

    @Test
    void readsTensorsOfAllKinds() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("byte", new Tensor("byte", DType.U8, List.of(1L), MemorySegment.ofArray(new byte[]{7})));
        tensors.put("empty", SafetensorsBytes.tensor("empty", DType.F32, List.of(2L, 0L)));
        tensors.put("unaligned", SafetensorsBytes.tensor("unaligned", DType.F32, List.of(2L), 3, 4));
        tensors.put("single", SafetensorsBytes.tensor("single", DType.F64, List.of(), 5));
        Path path = folder.resolve("a.safetensors");
        SafetensorsBytes.write(path, tensors);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(List.copyOf(tensors.keySet()), List.copyOf(file.names()));
            assertEquals(Map.of("format", "pt"), file.metadata());
            assertArrayEquals(new long[]{7}, file.tensor("byte").toLongs());
            assertArrayEquals(new float[0], file.tensor("empty").toFloats());
            assertArrayEquals(new float[]{3, 4}, file.tensor("unaligned").toFloats());
            assertArrayEquals(new float[]{5}, file.tensor("single").toFloats());
            assertEquals(path + ": tensor 'none' is missing",
                    assertThrows(CheckpointException.class, () -> file.tensor("none")).getMessage());
        }
    }

    @Test
    void readsAHeaderInAnyOrderAndPadded() throws IOException {
        String header = "{\"b\":{\"shape\":[1],\"data_offsets\":[4,8],\"dtype\":\"F32\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}    ";
        byte[] bytes = SafetensorsBytes.file(header, 8);
        bytes[bytes.length - 1] = 0x40;
        var read = SafetensorsHeader.read("f", MemorySegment.ofArray(bytes));
        assertEquals(List.of("a", "b"), List.copyOf(read.tensors().keySet()));
        assertArrayEquals(new float[]{2}, read.tensors().get("b").toFloats());
    }

    @Test
    void readsBeyondTwoGigabytes() throws IOException {
        long elements = (1L << 31) + 5;
        byte[] head = SafetensorsBytes.file(
                "{\"big\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},".formatted(elements, elements)
                        + "\"last\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%d,%d]}}".formatted(elements,
                                elements + 4),
                0);
        Path path = folder.resolve("big.safetensors");
        // A file with a hole: takes no room on the disk where the file system knows holes.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(head));
            channel.write(ByteBuffer.wrap(new byte[]{9, 0, 0, (byte) 0x80, 0x3f}), head.length + elements - 1);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertArrayEquals(new float[]{1}, file.tensor("last").toFloats());
            assertEquals(9, file.tensor("big").data().get(ValueLayout.JAVA_BYTE, elements - 1));
            assertThrows(IllegalArgumentException.class, () -> file.tensor("big").toLongs());
        } finally {
            Files.delete(path);
        }
    }

    @Test
    void refusesUseAfterCloseAndClosesTwice() throws IOException {
        Path path = folder.resolve("a.safetensors");
        SafetensorsBytes.write(path, Map.of("x", SafetensorsBytes.tensor("x", DType.F32, List.of(1L), 1)));
        SafetensorsFile file = SafetensorsFile.open(path);
        Tensor tensor = file.tensor("x");
        file.close();
        file.close();
        assertThrows(IllegalStateException.class, tensor::toFloats);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 8, 9, 50, 100})
    void refusesATruncatedFile(int length) {
        byte[] sound = SafetensorsBytes
                .of(Map.of("x", SafetensorsBytes.tensor("x", DType.F32, List.of(4L), 1, 2, 3, 4)));
        String message = refusal(java.util.Arrays.copyOf(sound, length));
        assertTrue(message.startsWith("f.safetensors: "), message);
    }

    @Test
    void refusesDataThatIsCutOrLonger() {
        String header = tensor("F32", "[4]", "[0,16]");
        assertEquals("f.safetensors: tensor 'x': expected offsets within the 15 bytes of data, found [0, 16]",
                refusal(SafetensorsBytes.file(header, 15)));
        assertEquals("f.safetensors: expected 16 bytes of data, found 17", refusal(SafetensorsBytes.file(header, 17)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 3, 1, 0})
    void refusesAHeaderLengthThatDoesNotFit(long length) {
        String message = refusal(SafetensorsBytes.file(length, "{}", 0));
        assertTrue(message.contains("expected a header of 2 to 2 bytes, found a length of "), message);
    }

    @Test
    void refusesAHeaderOfMoreThanSixteenMegabytes() throws IOException {
        Path path = folder.resolve("long.safetensors");
        byte[] head = SafetensorsBytes.file((1 << 24) + 1, "{", 0);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(head));
            channel.write(ByteBuffer.wrap(new byte[1]), 1 << 25);
        }
        String message = assertThrows(CheckpointException.class, () -> SafetensorsFile.open(path)).getMessage();
        assertEquals(path + ": expected a header of 2 to 16777216 bytes, found a length of 16777217", message);
    }

    /** {@code 2^16} keys with the same hash: a table that probes one place after the other takes a minute for them. */
    @Test
    void readsKeysOfEqualHashesInTime() {
        StringBuilder metadata = new StringBuilder();
        StringBuilder tensors = new StringBuilder();
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder key = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                key.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            metadata.append(metadata.isEmpty() ? "" : ",").append("\"%s\":\"\"".formatted(key));
            tensors.append(",\"%s\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}".formatted(key));
        }
        byte[] file = SafetensorsBytes.file("{\"__metadata__\":{" + metadata + "}" + tensors + "}", 0);
        SafetensorsHeader header = assertTimeoutPreemptively(Duration.ofSeconds(60),
                () -> SafetensorsHeader.read("f", MemorySegment.ofArray(file)));
        assertEquals(1 << 16, header.metadata().size());
        assertEquals(1 << 16, header.tensors().size());
        assertThrows(UnsupportedOperationException.class, () -> header.metadata().clear());
    }

    @Test
    void refusesMoreTensorsThanAnyModelHas() {
        StringBuilder tensors = new StringBuilder("{");
        for (int i = 0; i <= 1 << 17; i++) {
            tensors.append(i == 0 ? "" : ",")
                    .append("\"%x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}".formatted(i));
        }
        assertEquals("f.safetensors: the header: expected at most 131072 tensors, found more",
                refusal(SafetensorsBytes.file(tensors.append('}').toString(), 0)));
    }

    @ParameterizedTest
    @CsvSource({"U16, 2, 4", "U32, 1, 4", "U64, 2, 16", "F8_E4M3, 3, 3", "F8_E5M2, 3, 3", "F8_E4M3FNUZ, 1, 1",
            "F8_E5M2FNUZ, 1, 1", "F8_E8M0, 5, 5", "F6_E2M3, 4, 3", "F6_E3M2, 8, 6", "F4, 6, 3", "C64, 2, 16"})
    void readsTensorsThatCannotBeComputedWith(String type, int elements, int bytes) throws IOException {
        byte[] file = SafetensorsBytes.file(tensor(type, "[" + elements + ",1]", "[0," + bytes + "]"), bytes);
        Tensor tensor = SafetensorsHeader.read("f", MemorySegment.ofArray(file)).tensors().get("x");
        assertEquals(type, tensor.type().name());
        assertEquals(elements, tensor.elementCount());
        assertEquals(bytes, tensor.data().byteSize());
        assertTrue(tensor.type().dtype().isEmpty());
        assertThrows(IllegalArgumentException.class, tensor::toFloats);
        assertThrows(IllegalArgumentException.class, tensor::toLongs);
        assertThrows(IllegalArgumentException.class, tensor::toMatrix);
    }

    @Test
    void passesOverWhatIsNotNeeded() throws IOException {
        String header = "{\"__metadata__\":null,\"x\":{\"note\":{\"dtype\":[1,{}]},\"dtype\":\"U8\",\"shape\":[1],"
                + "\"scale\":0.5,\"data_offsets\":[0,1],\"more\":null}}";
        var read = SafetensorsHeader.read("f", MemorySegment.ofArray(SafetensorsBytes.file(header, 1)));
        assertEquals(List.of(1L), read.tensors().get("x").shape());
        assertEquals(Map.of(), read.metadata());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // offsets
            "F32 | [2]                  | [0,9]     | expected offsets within the 8 bytes of data, found [0, 9]",
            "F32 | [2]                  | [8,0]     | expected offsets within",
            "F32 | [1]                  | [4,8]     | expected data from offset 0 on, found 4: tensors leave a gap",
            "F32 | [2]                  | [0,9223372036854775807] | expected offsets within",
            "F32 | [2]                  | [0,18446744073709551615] | expected sizes from 0 to",
            "F32 | [2]                  | [-4,4]    | expected sizes from 0 to",
            "F32 | [2]                  | [0,8.0]   | expected an integer",
            "F32 | [2]                  | [0]       | expected a dtype, a shape and two data_offsets, found fewer",
            "F32 | [2]                  | [0,8,8]   | expected at most 2 numbers",
            "F32 | [2]                  | {}        | expected an array, found an object",
            // shapes
            "F32 | [3]                  | [0,8]     | expected 12 bytes for F32 [3], found 8 bytes",
            "F16 | [2]                  | [0,8]     | expected 4 bytes for F16 [2], found 8 bytes",
            "F32 | [4611686018427387906]| [0,8]     | expected another shape",
            "F32 | [4294967296,4294967296,4] | [0,8] | expected another shape",
            "F32 | [0,9223372036854775807,9] | [0,0] | expected another shape",
            "F32 | [-2]                 | [0,8]     | expected sizes from 0 to",
            "F32 | [\"2\"]              | [0,8]     | expected an integer, found a string",
            "F32 | [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2] | [0,8] | expected at most 16 numbers",
            "F32 | [[2]]                | [0,8]     | expected an integer, found an array",
            "F32 | null                 | [0,8]     | expected an array",
            // formats
            "F4  | [3,5]                | [0,8]     | expected another shape for F4 [3, 5], found 8 bytes",
            "F6_E2M3 | [4]              | [0,4]     | expected 3 bytes for F6_E2M3 [4], found 4 bytes",
            "F6_E2M3 | [2305843009213693952] | [0,8] | expected another shape",
            "F9  | [8]                  | [0,8]     | expected a dtype of [F64, F32,",
            "f32 | [2]                  | [0,8]     | found 'f32'",
            "''  | [2]                  | [0,8]     | found ''"
    })
    void refusesATensorThatDoesNotFit(String dtype, String shape, String offsets, String message) {
        String found = refusal(SafetensorsBytes.file(tensor(dtype, shape, offsets), 8));
        assertTrue(found.startsWith("f.safetensors: tensor 'x'") && found.contains(message), found);
    }

    @Test
    void refusesOverlapsAndGaps() {
        String two = "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[%d,%d]}}";
        assertEquals(
                "f.safetensors: tensor 'b': expected data from offset 4 on, found 3: tensors overlap",
                refusal(SafetensorsBytes.file(two.formatted(3, 7), 7)));
        assertEquals(
                "f.safetensors: tensor 'b': expected data from offset 4 on, found 5: tensors leave a gap",
                refusal(SafetensorsBytes.file(two.formatted(5, 9), 9)));
        assertTrue(refusal(SafetensorsBytes.file(two.formatted(0, 4), 4)).contains("overlap"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{} {}", "{}x", "{", "{\"x\":1}", "{\"x\":null}", "{\"x\":{}}", "{\"x\":{\"y\":[]}}",
            "{\"x\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            "{\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},"
                    + "\"x\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
            "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":[]}", "{'x':{}}", "{\"x\":NaN}", "{\"\\ud800"})
    void refusesAnotherHeader(String header) {
        String message = refusal(SafetensorsBytes.file(header, 0));
        assertTrue(message.startsWith("f.safetensors: "), message);
    }

    @Test
    void refusesNestingBombsAndOtherEncodings() {
        String deep = "{\"x\":" + "[".repeat(1_000_000);
        assertTrue(refusal(SafetensorsBytes.file(deep, 0)).contains("tensor 'x'"));
        byte[] latin = SafetensorsBytes.file("{\"x\": {}}", 0);
        latin[10] = (byte) 0xe4;
        assertTrue(refusal(latin).contains("UTF-8"));
    }

    @Test
    void keepsMessagesOnOneLineWhateverTheNames() {
        String header = "{\"a\\nb\\u001b[31m%s\":{}}".formatted("c".repeat(3000));
        String message = refusal(SafetensorsBytes.file(header, 0));
        assertTrue(message.startsWith("f.safetensors: tensor 'a?b?[31mccc") && message.length() < 1100, message);
    }

    @Test
    void refusesWhatIsNotAFile() {
        assertEquals(folder + ": expected a file, found a folder",
                assertThrows(CheckpointException.class, () -> SafetensorsFile.open(folder)).getMessage());
        Path none = folder.resolve("none");
        assertEquals(none + ": no such file",
                assertThrows(CheckpointException.class, () -> SafetensorsFile.open(none)).getMessage());
    }
}
