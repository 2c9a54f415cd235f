package io.github.mamba4j.weights.file.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ZipDirectoryTest {
    private static final Map<String, byte[]> ENTRIES = new LinkedHashMap<>(
            Map.of("a", new byte[]{1, 2, 3}, "dir/b", new byte[100]));

    private static Map<String, MemorySegment> read(byte[] zip) throws CheckpointException {
        return ZipDirectory.read("f.bin", MemorySegment.ofArray(zip));
    }

    private static String refusal(byte[] zip) {
        return assertThrows(CheckpointException.class, () -> read(zip)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void findsStoredEntriesInPlace(boolean zip64) throws CheckpointException {
        byte[] zip = TorchBytes.zip(ENTRIES, zip64);
        Map<String, MemorySegment> entries = read(zip);
        assertEquals(ENTRIES.keySet(), entries.keySet());
        for (var entry : entries.entrySet()) {
            assertArrayEquals(ENTRIES.get(entry.getKey()), entry.getValue().toArray(ValueLayout.JAVA_BYTE));
            assertEquals(0, entry.getValue().heapBase().map(base -> base == zip ? 0 : 1).orElseThrow());
        }
    }

    @Test
    void skipsAComment() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setComment("PK\5\6 is how the end begins");
        }
        assertTrue(read(out.toByteArray()).isEmpty());
    }

    @Test
    void refusesCompressedEntries() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("bomb"));
            zip.write(new byte[1 << 20]);
        }
        assertEquals(
                "f.bin: the zip archive is damaged or truncated: entry 'bomb' is compressed; expected stored entries, "
                        + "as torch.save writes them",
                refusal(out.toByteArray()));
    }

    @Test
    void refusesEveryTruncation() {
        for (boolean zip64 : new boolean[]{false, true}) {
            byte[] sound = TorchBytes.zip(ENTRIES, zip64);
            for (int length = 0; length < sound.length; length++) {
                String message = refusal(Arrays.copyOf(sound, length));
                assertTrue(message.startsWith("f.bin: the zip archive is damaged or truncated: "), message);
            }
        }
    }

    /** What is written where; the directory begins at d, the end record at e. */
    static Stream<Arguments> damages() {
        return Stream.of(damage("entry 'a' is encrypted", z -> z.putShort(directory(z) + 8, (short) 1)),
                damage("entry 'a' reaches beyond", z -> z.putInt(directory(z) + 20, 1 << 20).putInt(directory(z) + 24,
                        1 << 20)),
                damage("entry 'a' is stored in 4 bytes but has 3", z -> z.putInt(directory(z) + 20, 4)),
                damage("entry 'a' lacks its zip64 field", z -> z.putInt(directory(z) + 24, -1)),
                damage("entry 'a' reaches beyond", z -> z.putInt(directory(z) + 42, -2)),
                damage("entry 'a' is not where the directory says", z -> z.putInt(directory(z) + 42, 1)),
                damage("entry 'dir/b' overlaps another", z -> z.putInt(directory(z) + 47 + 42, 0)),
                damage("reaches beyond", z -> z.putShort(28, (short) -1)),
                damage("the directory has no entry 1", z -> z.put(directory(z) + 47, (byte) 0)),
                damage("the directory reaches beyond", z -> z.putShort(directory(z) + 28, (short) -1)),
                damage("the directory reaches beyond", z -> z.putShort(end(z) + 10, (short) 3)),
                damage("zip64 directory is missing", z -> z.putShort(end(z) + 10, (short) -1)),
                damage("the directory has no entry 0", z -> z.putInt(end(z) + 16, directory(z) + 1)),
                damage("the directory reaches beyond", z -> z.putInt(end(z) + 16, -2)),
                damage("no directory at its end", z -> z.putShort(end(z) + 20, (short) 1)),
                damage("no directory at its end", z -> z.put(end(z), (byte) 0)));
    }

    private static Arguments damage(String message, Consumer<ByteBuffer> change) {
        return Arguments.of(message, change);
    }

    private static int end(ByteBuffer zip) {
        return zip.capacity() - 22;
    }

    private static int directory(ByteBuffer zip) {
        return zip.getInt(end(zip) + 16);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void refusesADamagedDirectory(String message, Consumer<ByteBuffer> change) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("a", new byte[]{1, 2, 3});
        entries.put("dir/b", new byte[100]);
        byte[] zip = TorchBytes.zip(entries, false);
        change.accept(ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN));
        String found = refusal(zip);
        assertTrue(found.contains(message), found);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE, 1L << 40, Long.MIN_VALUE})
    void refusesNumbersBeyondTheFileInZip64(long number) {
        byte[] sound = TorchBytes.zip(ENTRIES, true);
        int end64 = sound.length - 22 - 20 - 56;
        // The number of entries, the offset of the directory, the locator's offset, and an entry's size and offset.
        for (int at : new int[]{end64 + 32, end64 + 48, sound.length - 22 - 12, end64 - 8, end64 - 16, end64 - 24}) {
            byte[] zip = sound.clone();
            ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN).putLong(at, number);
            assertTrue(refusal(zip).startsWith("f.bin: the zip archive is damaged or truncated: "));
        }
    }

    @Test
    void refusesAnEntryListedTwice() {
        byte[] zip = TorchBytes.zip(Map.of("aa", new byte[3], "ab", new byte[3]), false);
        byte[] twice = new String(zip, StandardCharsets.ISO_8859_1).replace("ab", "aa")
                .getBytes(StandardCharsets.ISO_8859_1);
        assertTrue(refusal(twice).endsWith("entry 'aa' is listed twice"));
    }
}
