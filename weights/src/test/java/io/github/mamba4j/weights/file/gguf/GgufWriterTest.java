package io.github.mamba4j.weights.file.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.format.Format;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
    @TempDir
    private Path folder;

    private static byte[] write(GgufWriter writer) throws IOException {
        var out = new ByteArrayOutputStream();
        writer.writeTo(out);
        return out.toByteArray();
    }

    /** Byte for byte what the description of the file format says. */
    @Test
    void theBytesByHand() throws IOException {
        GgufWriter writer = new GgufWriter().string("s", "h\u00e9").uint32("u", 0xffff_fffeL).uint16("w", 65_535)
                .int32("i", -2).float32("f", 1.5f).bool("b", true).strings("a", List.of("x", "")).int32s("n", 3, -1)
                .float32s("g", 0.5f).tensor("t", Format.F16, List.of(2L, 3L), out -> out.write(new byte[12]))
                .tensor("r", Format.Q8_0, List.of(32L), out -> {
                    for (int i = 0; i < 34; i++) {
                        out.write(i);
                    }
                });
        GgufBytes expected = GgufBytes.header(3, 2, 9).key("s", GgufValueType.STRING).text("h\u00e9")
                .key("u", GgufValueType.UINT32).i32(-2).key("w", GgufValueType.UINT16).raw(255, 255)
                .key("i", GgufValueType.INT32).i32(-2).key("f", GgufValueType.FLOAT32).i32(0x3fc0_0000)
                .key("b", GgufValueType.BOOL).raw(1).key("a", GgufValueType.ARRAY).array(GgufValueType.STRING, 2)
                .text("x").text("").key("n", GgufValueType.ARRAY).array(GgufValueType.INT32, 2).i32(3).i32(-1)
                .key("g", GgufValueType.ARRAY).array(GgufValueType.FLOAT32, 1).i32(0x3f00_0000)
                .tensor("t", 1, 0, 3, 2).tensor("r", 8, 32, 32).data(32, 32 + 34 + 30);
        byte[] bytes = expected.bytes();
        for (int i = 0; i < 34; i++) {
            bytes[bytes.length - 64 + i] = (byte) i;
        }
        assertArrayEquals(bytes, write(writer));
    }

    @Test
    void metadataOfAnotherFileIsCopiedByteForByte() throws IOException {
        GgufWriter writer = new GgufWriter().string("text", "t").strings("texts", List.of("a", "bc")).uint16("n", 7);
        byte[] original = write(writer);
        GgufMetadata metadata = GgufHeader.read("f", MemorySegment.ofArray(original)).metadata();
        GgufWriter copy = new GgufWriter();
        metadata.keys().forEach(key -> copy.copy(metadata, key));
        assertArrayEquals(original, write(copy));
        assertThrows(IllegalArgumentException.class, () -> copy.copy(metadata, "none"));
    }

    @Test
    void aKeyThatIsPutAgainIsReplaced() throws IOException {
        byte[] file = write(new GgufWriter().uint32("k", 1).string("k", "v"));
        GgufMetadata metadata = GgufHeader.read("f", MemorySegment.ofArray(file)).metadata();
        assertEquals(1, metadata.keys().size());
        assertEquals("v", metadata.string("k").orElseThrow());
    }

    @Test
    void largeTensorsAreStreamed() throws IOException {
        Path path = folder.resolve("large.gguf");
        byte[] chunk = new byte[1 << 16];
        Arrays.fill(chunk, (byte) 3);
        new GgufWriter().tensor("t", Format.BF16, List.of(1L << 5, 1L << 15), out -> {
            for (int i = 0; i < 32; i++) {
                out.write(chunk);
            }
        }).write(path);
        try (GgufFile file = GgufFile.open(path)) {
            assertEquals(1 << 21, file.tensor("t").data().byteSize());
            assertEquals(3, file.tensor("t").data().get(ValueLayout.JAVA_BYTE, (1 << 21) - 1));
        }
    }

    /** What was there stays if a tensor has another length than it should, and nothing else is left behind. */
    @Test
    void aContentOfAnotherLengthIsRefused() throws IOException {
        Path path = folder.resolve("m.gguf");
        Files.writeString(path, "before");
        for (int length : new int[]{3, 5}) {
            GgufWriter writer = new GgufWriter().tensor("t", Format.F32, List.of(1L),
                    out -> out.write(new byte[length]));
            var e = assertThrows(IOException.class, () -> writer.write(path));
            assertEquals("tensor 't': expected 4 bytes of content, found " + length, e.getMessage());
        }
        assertEquals("before", Files.readString(path));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
        new GgufWriter().write(path);
        assertEquals(32, Files.size(path));
    }

    @Test
    void theContentCannotCloseTheFile() throws IOException {
        byte[] file = write(new GgufWriter().tensor("t", Format.F32, List.of(1L), out -> {
            out.write(new byte[4]);
            out.close();
        }).tensor("u", Format.F32, List.of(1L), out -> out.write(new byte[4])));
        assertEquals(2, GgufHeader.read("f", MemorySegment.ofArray(file)).tensors().size());
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        GgufWriter writer = new GgufWriter().tensor("t", Format.F32, List.of(1L), out -> {});
        assertThrows(IllegalArgumentException.class, () -> writer.uint32("k", -1));
        assertThrows(IllegalArgumentException.class, () -> writer.uint16("k", 65_536));
        assertThrows(IllegalArgumentException.class, () -> writer.uint32("general.alignment", 64));
        assertThrows(IllegalArgumentException.class, () -> writer.bool("", true));
        var e = assertThrows(IllegalArgumentException.class,
                () -> writer.tensor("t", Format.F32, List.of(1L), out -> {}));
        assertTrue(e.getMessage().endsWith("found one that is taken"), e.getMessage());
        for (List<Long> shape : List.of(List.<Long>of(), List.of(1L, 1L, 1L, 1L, 32L), List.of(-1L, 32L),
                List.of(33L))) {
            assertThrows(IllegalArgumentException.class, () -> writer.tensor("u", Format.Q4_0, shape, out -> {}),
                    shape.toString());
        }
        assertThrows(IllegalArgumentException.class,
                () -> writer.tensor("x".repeat(64), Format.F32, List.of(1L), out -> {}));
    }
}
