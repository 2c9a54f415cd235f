package io.github.mamba4j.weights.file.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.format.Format;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufFileTest {
    @TempDir
    private Path folder;

    private static GgufHeader read(GgufBytes bytes) throws CheckpointException {
        return GgufHeader.read("f", MemorySegment.ofArray(bytes.bytes()));
    }

    private static void assertRefused(String message, GgufBytes bytes) {
        var e = assertThrows(CheckpointException.class, () -> read(bytes));
        assertEquals("f: " + message, e.getMessage());
    }

    /** An entry of every type, with the values at the ends of their ranges. */
    private static GgufBytes everyType(int version) {
        return GgufBytes.header(version, 0, 14).key("u8", GgufValueType.UINT8).raw(255)
                .key("i8", GgufValueType.INT8).raw(255).key("u16", GgufValueType.UINT16).raw(255, 255)
                .key("i16", GgufValueType.INT16).raw(0, 128).key("u32", GgufValueType.UINT32).i32(-1)
                .key("i32", GgufValueType.INT32).i32(-1).key("f32", GgufValueType.FLOAT32)
                .i32(Float.floatToRawIntBits(0.1f)).key("yes", GgufValueType.BOOL).raw(1)
                .key("text", GgufValueType.STRING).text("h\u00e9\n\ud83d\ude00").key("u64", GgufValueType.UINT64)
                .i64(-1).key("i64", GgufValueType.INT64).i64(Long.MIN_VALUE).key("f64", GgufValueType.FLOAT64)
                .i64(Double.doubleToRawLongBits(0.1)).key("texts", GgufValueType.ARRAY)
                .array(GgufValueType.STRING, 2).text("a").text("").key("nested", GgufValueType.ARRAY)
                .array(GgufValueType.ARRAY, 2).array(GgufValueType.INT16, 1).raw(254, 255)
                .array(GgufValueType.BOOL, 2).raw(0, 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void metadataOfEveryType(int version) throws IOException {
        GgufHeader header = read(everyType(version));
        assertEquals(version, header.version());
        GgufMetadata metadata = header.metadata();
        assertEquals(List.of("u8", "i8", "u16", "i16", "u32", "i32", "f32", "yes", "text", "u64", "i64", "f64", "texts",
                "nested"), List.copyOf(metadata.keys()));
        assertEquals(255, metadata.integer("u8").getAsLong());
        assertEquals(-1, metadata.integer("i8").getAsLong());
        assertEquals(65_535, metadata.integer("u16").getAsLong());
        assertEquals(-32_768, metadata.integer("i16").getAsLong());
        assertEquals(0xffff_ffffL, metadata.integer("u32").getAsLong());
        assertEquals(-1, metadata.integer("i32").getAsLong());
        assertEquals(Long.MIN_VALUE, metadata.integer("i64").getAsLong());
        assertEquals(0.1f, metadata.number("f32").getAsDouble());
        assertEquals(0.1, metadata.number("f64").getAsDouble());
        assertEquals(255, metadata.number("u8").getAsDouble());
        assertEquals(Optional.of(true), metadata.bool("yes"));
        assertEquals(Optional.of("h\u00e9\n\ud83d\ude00"), metadata.string("text"));
        assertEquals(Optional.of(GgufValueType.UINT64), metadata.type("u64"));
        assertTrue(metadata.integer("none").isEmpty() && metadata.number("none").isEmpty());
        assertTrue(metadata.string("none").isEmpty() && metadata.array("none").isEmpty()
                && metadata.bool("none").isEmpty() && metadata.type("none").isEmpty());
    }

    @Test
    void arrays() throws IOException {
        GgufMetadata metadata = read(everyType(3)).metadata();
        List<String> texts = new ArrayList<>();
        metadata.array("texts").orElseThrow().forEachString((i, text) -> texts.add(i + text));
        assertEquals(List.of("0a", "1"), texts);
        GgufArray nested = metadata.array("nested").orElseThrow();
        assertEquals(2, nested.size());
        assertEquals(-2, nested.array(0).integer(0));
        assertEquals(-2, nested.array(0).number(0));
        assertEquals(GgufValueType.BOOL, nested.array(1).type());
        assertTrue(nested.array(1).bool(1) && !nested.array(1).bool(0));
        assertThrows(IndexOutOfBoundsException.class, () -> nested.array(2));
        assertThrows(IndexOutOfBoundsException.class, () -> nested.array(0).integer(1));
        var e = assertThrows(CheckpointException.class, () -> nested.array(1).integer(0));
        assertEquals("f: metadata 'nested'[1]: expected an array of whole numbers, found one of BOOL", e.getMessage());
        assertThrows(CheckpointException.class, () -> nested.integer(0));
        assertThrows(CheckpointException.class, () -> nested.array(0).bool(0));
        assertThrows(CheckpointException.class, () -> nested.forEachString((i, text) -> {}));
    }

    @Test
    void valuesInOneLine() throws IOException {
        GgufMetadata metadata = read(everyType(3)).metadata();
        List<String> lines = new ArrayList<>();
        for (String key : metadata.keys()) {
            lines.add(metadata.describe(key).orElseThrow());
        }
        assertEquals(List.of("255", "-1", "65535", "-32768", "4294967295", "-1", "0.1", "true", "h\u00e9 \ud83d\ude00",
                "18446744073709551615", "-9223372036854775808", "0.1", "2 x STRING", "2 x ARRAY"), lines);
    }

    @Test
    void valuesOfAnotherTypeAreRefusedByName() throws IOException {
        GgufMetadata metadata = read(everyType(3)).metadata();
        var e = assertThrows(CheckpointException.class, () -> metadata.integer("text"));
        assertEquals("f: metadata 'text': expected whole numbers, found STRING", e.getMessage());
        e = assertThrows(CheckpointException.class, () -> metadata.integer("u64"));
        assertEquals("f: metadata 'u64': expected whole numbers below 2^63, found UINT64", e.getMessage());
        e = assertThrows(CheckpointException.class, () -> metadata.integer("f32"));
        assertEquals("f: metadata 'f32': expected whole numbers, found FLOAT32", e.getMessage());
        e = assertThrows(CheckpointException.class, () -> metadata.string("u8"));
        assertEquals("f: metadata 'u8': expected a text, found UINT8", e.getMessage());
        assertThrows(CheckpointException.class, () -> metadata.number("yes"));
        assertThrows(CheckpointException.class, () -> metadata.bool("u8"));
        assertThrows(CheckpointException.class, () -> metadata.array("text"));
    }

    @Test
    void tensorsLieWhereTheHeaderSays() throws IOException {
        GgufBytes bytes = GgufBytes.header(3, 3, 1).key("general.alignment", GgufValueType.UINT32).i32(64)
                .tensor("a", 0, 64, 2, 3).tensor("b", 2, 0, 32, 1, 2).tensor("empty", 1, 64, 0).data(64, 88);
        byte[] file = bytes.bytes();
        file[file.length - 88 + 64] = 7;
        List<GgufTensor> tensors = GgufHeader.read("f", MemorySegment.ofArray(file)).tensors();
        assertEquals(List.of("a", "b", "empty"), tensors.stream().map(GgufTensor::name).toList());
        assertEquals(List.of(3L, 2L), tensors.get(0).shape());
        assertEquals(List.of(2L, 1L, 32L), tensors.get(1).shape());
        assertEquals(Format.F32, tensors.get(0).format());
        assertEquals(Format.Q4_0, tensors.get(1).format());
        assertEquals(6, tensors.get(0).elements());
        assertEquals(24, tensors.get(0).data().byteSize());
        assertEquals(36, tensors.get(1).data().byteSize());
        assertEquals(0, tensors.get(2).data().byteSize());
        assertEquals(7, tensors.get(0).data().get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void whatIsNoGgufIsRefused() {
        assertRefused("magic number: expected 4 bytes at 0, found the end of the file", new GgufBytes().raw(1));
        assertRefused("magic number: expected the letters GGUF, found 0x6c6d6767", new GgufBytes().i32(0x6c6d6767));
        assertRefused("version: expected 2 or 3, found 1", GgufBytes.header(1, 0, 0));
        assertRefused("version: expected 2 or 3, found 4", GgufBytes.header(4, 0, 0));
        assertRefused("version: expected 2 or 3, found a big-endian file", GgufBytes.header(3 << 24, 0, 0));
    }

    /** Lengths that only a longer file could keep are refused before anything is made of them. */
    @Test
    void lengthsThatDoNotFitTheFileAreRefused() {
        assertRefused("number of tensors: expected a length of at most 0 at byte 8, found 1",
                GgufBytes.header(3, 1, 0));
        assertRefused("number of metadata entries: expected a length of at most 0 at byte 16, found "
                + "18446744073709551615", GgufBytes.header(3, 0, -1));
        assertRefused("key 0 of the metadata: expected a length of at most 13 at byte 24, found 9223372036854775807",
                GgufBytes.header(3, 0, 1).i64(Long.MAX_VALUE).text("12345"));
        assertRefused("metadata 'k': expected a length of at most 2 at byte 41, found 3",
                GgufBytes.header(3, 0, 1).key("k", GgufValueType.ARRAY).array(GgufValueType.UINT64, 3).i64(0).i64(0));
        assertRefused("metadata 'k': expected a length of at most 0 at byte 37, found 9",
                GgufBytes.header(3, 0, 1).key("k", GgufValueType.STRING).i64(9));
        assertRefused("metadata 'k': expected 8 bytes at 37, found the end of the file",
                GgufBytes.header(3, 0, 1).key("k", GgufValueType.UINT64).i32(0));
        assertRefused("metadata 'k': expected a type from 0 to 12, found 4294967295",
                GgufBytes.header(3, 0, 1).text("k").i32(-1).i64(0));
    }

    @Test
    void metadataThatIsWrongIsRefused() {
        assertRefused("metadata 'k': expected 0 or 1, found 2",
                GgufBytes.header(3, 0, 1).key("k", GgufValueType.BOOL).raw(2));
        assertRefused("metadata 'k': expected a key of its own, found it twice", GgufBytes.header(3, 0, 2)
                .key("k", GgufValueType.UINT8).raw(0).key("k", GgufValueType.UINT8).raw(0));
        assertRefused("key 0 of the metadata: expected UTF-8, found other bytes in the 1 from byte 32 on",
                GgufBytes.header(3, 0, 1).i64(1).raw(0xff).i32(0).raw(0));
        GgufBytes deep = GgufBytes.header(3, 0, 1).key("k", GgufValueType.ARRAY);
        for (int i = 0; i < 1000; i++) {
            deep.array(GgufValueType.ARRAY, 1);
        }
        assertRefused("metadata 'k': expected arrays nested 4 deep at most, found more", deep);
        for (int alignment : new int[]{0, 3, 1 << 21}) {
            assertRefused("metadata 'general.alignment': expected a power of 2 up to 1048576, found " + alignment,
                    GgufBytes.header(3, 0, 1).key("general.alignment", GgufValueType.UINT32).i32(alignment));
        }
    }

    @Test
    void textsThatAreNoUtf8AreRefusedWhenRead() throws IOException {
        GgufMetadata metadata = read(GgufBytes.header(3, 0, 1).key("k", GgufValueType.STRING).i64(2).raw(0xc3, 0x28))
                .metadata();
        var e = assertThrows(CheckpointException.class, () -> metadata.string("k"));
        assertEquals("f: metadata 'k': expected UTF-8, found other bytes in the 2 from byte 45 on", e.getMessage());
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        assertRefused("tensor 'a': expected 4 dimensions at most, found 5",
                GgufBytes.header(3, 1, 0).tensor("a", 0, 0, 1, 1, 1, 1, 1).data(32, 32));
        assertRefused("tensor 'a', dimension 0: expected a size below 2^63, found 18446744073709551615",
                GgufBytes.header(3, 1, 0).tensor("a", 0, 0, -1).data(32, 32));
        assertRefused("tensor 'a': expected a size below 2^63 bytes, found F32 [4611686018427387904, 4]",
                GgufBytes.header(3, 1, 0).tensor("a", 0, 0, 4, 1L << 62).data(32, 32));
        assertRefused("tensor 'a': expected Q4_K rows in whole blocks of 256, found [2, 128]",
                GgufBytes.header(3, 1, 0).tensor("a", 12, 0, 128, 2).data(32, 288));
        assertRefused("tensor 'a': expected an offset that is a multiple of 32, found 16",
                GgufBytes.header(3, 1, 0).tensor("a", 0, 16, 1).data(32, 64));
        assertRefused("tensor 'a': expected an offset that is a multiple of 32, found 18446744073709551584",
                GgufBytes.header(3, 1, 0).tensor("a", 0, -32, 1).data(32, 64));
        assertRefused("tensor 'a': expected 36 bytes at offset 0, found 35 bytes of data",
                GgufBytes.header(3, 1, 0).tensor("a", 0, 0, 9).data(32, 35));
        assertRefused("tensor 'a': expected 4 bytes at offset 9223372036854775776, found 64 bytes of data",
                GgufBytes.header(3, 1, 0).tensor("a", 0, Long.MAX_VALUE / 32 * 32, 1).data(32, 64));
        assertRefused("tensor 'b': expected data from offset 36 on, found 32: tensors overlap",
                GgufBytes.header(3, 2, 0).tensor("b", 0, 32, 1).tensor("a", 0, 0, 9).data(32, 64));
        assertRefused("tensor 'a': expected a name of its own, found it twice",
                GgufBytes.header(3, 2, 0).tensor("a", 0, 0, 1).tensor("a", 0, 32, 1).data(32, 64));
        assertRefused("tensors: expected data from byte 64 on, found 57 bytes",
                GgufBytes.header(3, 1, 0).tensor("a", 0, 0, 0));
    }

    /** Types of a known size can be listed, and are refused by name when they are to be used. */
    @ParameterizedTest
    @CsvSource({"16, IQ2_XXS, 66", "21, IQ3_S, 110", "29, IQ1_M, 56", "34, TQ1_0, 54", "15, Q8_K, 292", "28, F64, 2048",
            "40, NVFP4, 144"})
    void otherTypesAreRefusedByName(int number, String name, int bytes) throws IOException {
        GgufTensor tensor = read(GgufBytes.header(3, 1, 0).tensor("a", number, 0, 256).data(32, bytes)).tensors()
                .getFirst();
        assertEquals(name, tensor.type().name());
        assertEquals(bytes, tensor.data().byteSize());
        var e = assertThrows(CheckpointException.class, tensor::format);
        assertTrue(e.getMessage().startsWith("f: tensor 'a': type " + name + " (" + number + ") is not supported; "
                + "supported are F32, F16, BF16, Q8_0,"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"4, Q4_2", "33, Q4_0_8_8", "42, Q2_0"})
    void typesOfUnknownSizeAreRefusedAtOnce(int number, String name) {
        var e = assertThrows(CheckpointException.class,
                () -> read(GgufBytes.header(3, 1, 0).tensor("a", number, 0, 32).data(32, 64)));
        assertTrue(e.getMessage().contains("found " + name + " (" + number + "), which ggml"), e.getMessage());
        e = assertThrows(CheckpointException.class,
                () -> read(GgufBytes.header(3, 1, 0).tensor("a", 43, 0, 32).data(32, 64)));
        assertEquals("f: tensor 'a', type: expected a number that ggml uses, found 43", e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Format.class)
    void everyFormatHasItsNumber(Format format) {
        GgufType type = GgufType.of(format);
        assertEquals(Optional.of(format), type.format());
        assertEquals(Optional.of(type), GgufType.of(type.number()));
        assertEquals(format.blockSize(), type.blockSize());
        assertEquals(format.blockBytes(), type.blockBytes());
    }

    @Test
    void numbersOfTypesAreTheirPlaces() {
        for (GgufType type : GgufType.values()) {
            assertEquals(type.ordinal(), type.number(), type.name());
        }
    }

    @Test
    void aClosedFileIsNotRead() throws IOException {
        Path path = folder.resolve("a.gguf");
        new GgufWriter().string("k", "v").tensor("t", Format.F32, List.of(1L), out -> out.write(new byte[4]))
                .write(path);
        GgufFile file = GgufFile.open(path);
        GgufTensor tensor = file.tensor("t");
        var e = assertThrows(CheckpointException.class, () -> file.tensor("u"));
        assertEquals(path + ": tensor 'u' is missing", e.getMessage());
        file.close();
        file.close();
        assertThrows(IllegalStateException.class, () -> tensor.data().get(ValueLayout.JAVA_BYTE, 0));
        assertThrows(IllegalStateException.class, () -> file.metadata().string("k"));
    }

    @Test
    void filesThatCannotBeOpenedAreNamed() {
        var e = assertThrows(CheckpointException.class, () -> GgufFile.open(folder));
        assertEquals(folder + ": expected a file, found a folder", e.getMessage());
        Path none = folder.resolve("none.gguf");
        e = assertThrows(CheckpointException.class, () -> GgufFile.open(none));
        assertEquals(none + ": no such file", e.getMessage());
    }

    private Path part(int number, int count, Integer said, String tensor) throws IOException {
        Path path = folder.resolve(String.format("m-%05d-of-%05d.gguf", number, count));
        GgufWriter writer = new GgufWriter().uint16("split.no", number - 1).uint16("split.count", count);
        if (number == 1) {
            writer.string("general.architecture", "mamba");
        }
        if (said != null) {
            writer.int32("split.tensors.count", said);
        }
        byte[] content = {(byte) number, 0, 0, 0};
        writer.tensor(tensor, Format.F32, List.of(1L), out -> out.write(content)).write(path);
        return path;
    }

    @Test
    void splitFilesAreReadAsOne() throws IOException {
        part(1, 3, 3, "a");
        Path second = part(2, 3, null, "b");
        part(3, 3, null, "c");
        try (GgufFile file = GgufFile.open(second)) {
            assertEquals(3, file.parts());
            assertEquals(List.of("a", "b", "c"), file.tensors().stream().map(GgufTensor::name).toList());
            assertEquals(Optional.of("mamba"), file.metadata().string("general.architecture"));
            assertEquals(3, file.tensor("c").data().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void splitFilesThatDoNotBelongTogetherAreRefused() throws IOException {
        Path first = part(1, 2, 3, "a");
        Path second = folder.resolve("m-00002-of-00002.gguf");
        var e = assertThrows(CheckpointException.class, () -> GgufFile.open(first));
        assertEquals(second + ": no such file", e.getMessage());
        part(2, 2, null, "b");
        e = assertThrows(CheckpointException.class, () -> GgufFile.open(first));
        assertEquals(first + ": expected 3 tensors in 2 parts, found 2", e.getMessage());
        part(1, 2, 2, "b");
        e = assertThrows(CheckpointException.class, () -> GgufFile.open(first));
        assertEquals(second + ": tensor 'b': expected it once, found it in " + first + " too", e.getMessage());
        Files.copy(part(1, 2, 2, "a"), second, StandardCopyOption.REPLACE_EXISTING);
        e = assertThrows(CheckpointException.class, () -> GgufFile.open(first));
        assertEquals(second + ": metadata 'split.no': expected 1, found 0", e.getMessage());
        Path renamed = Files.move(first, folder.resolve("renamed.gguf"));
        e = assertThrows(CheckpointException.class, () -> GgufFile.open(renamed));
        assertTrue(e.getMessage().endsWith("this is a part of a file split in 2; found 'renamed.gguf'"),
                e.getMessage());
    }

    /** The data of a model as llama.cpp quantised it, in blocks of two kinds and across rows. */
    @Test
    void aWrittenTensorIsReadBackToTheBit() throws IOException {
        float[] values = new float[512];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i) / 8;
        }
        Path path = folder.resolve("q.gguf");
        GgufWriter writer = new GgufWriter();
        for (Format format : Format.values()) {
            if (format.canEncode()) {
                byte[] blocks = new byte[(int) format.bytes(512)];
                format.encode(values, 0, 512, MemorySegment.ofArray(blocks), 0);
                writer.tensor("t." + format, format, List.of(2L, 256L),
                        GgufWriter.Content.of(MemorySegment.ofArray(blocks)));
            }
        }
        writer.write(path);
        try (GgufFile file = GgufFile.open(path)) {
            assertEquals(8, file.tensors().size());
            for (GgufTensor tensor : file.tensors()) {
                byte[] blocks = new byte[(int) tensor.format().bytes(512)];
                tensor.format().encode(values, 0, 512, MemorySegment.ofArray(blocks), 0);
                assertArrayEquals(blocks, tensor.data().toArray(ValueLayout.JAVA_BYTE), tensor.name());
            }
        }
    }
}
