package io.github.mamba4j.weights.file.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.TinyModel;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TorchFileTest {
    private static Map<String, Tensor> read(byte[] file) throws CheckpointException {
        return TorchFile.read("f.bin", MemorySegment.ofArray(file), Arena.ofAuto());
    }

    private static String refusal(byte[] file) {
        return assertThrows(CheckpointException.class, () -> read(file)).getMessage();
    }

    private static TorchBytes dict(long elements, long offset, long[] shape, long... strides) {
        return new TorchBytes().op('}').text("x").tensor("FloatStorage", "0", elements, offset, shape, strides).op('s',
                '.');
    }

    private static long[] sizes(long... sizes) {
        return sizes;
    }

    private static Path golden(String name) throws URISyntaxException {
        return Path.of(TorchFileTest.class.getResource("/golden/" + name).toURI());
    }

    /** The sums and the first values were computed in Python from the raw storages. */
    @ParameterizedTest
    @CsvSource({
            "mamba-pytorch-bin,  backbone.embeddings.weight,    -0.012123024, -22.618223062007928",
            "mamba-pytorch-bin,  backbone.layers.0.norm.weight,    1.2428966,  58.00588643550873",
            "mamba-pytorch-bin,  backbone.layers.0.mixer.A_log,   0.33907068, 3924.6400097731967",
            "mamba-ssm-original, backbone.embedding.weight,       0.07267379, 3.871262528953366",
            "mamba-ssm-original, backbone.layers.0.norm.weight,    0.7151263, 67.64824873209",
            "mamba-ssm-original, backbone.layers.0.mixer.A_log,    0.0867147, 3948.460833685589"
    })
    void readsWhatTorchSaved(String golden, String name, float first, double sum) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(golden(golden))) {
            float[] values = checkpoint.tensor(name).toFloats();
            assertEquals(first, values[0]);
            double found = 0;
            for (float value : values) {
                found += value;
            }
            assertEquals(sum, found, 1e-9);
        }
    }

    @Test
    void readsBothLayoutsThatTorchSaved() throws Exception {
        try (Checkpoint hf = Checkpoint.open(golden("mamba-pytorch-bin"));
                Checkpoint authors = Checkpoint.open(golden("mamba-ssm-original"))) {
            assertEquals(2, hf.weights().blocks().size());
            // The head shares the storage of the embedding in one file, and has its own in the other.
            assertEquals(Map.of(StoredType.F32, 4 * hf.weights().parameters().count()), hf.bytesByType());
            assertEquals(Map.of(StoredType.F32, 4 * (authors.weights().parameters().count() + 256 * 64)),
                    authors.bytesByType());
            assertEquals(256, authors.config().vocabSize());
            assertEquals(2, authors.weights().blocks().size());
            assertEquals(List.of("pytorch_model.bin"), authors.weightFiles());
        }
    }

    @Test
    void readsShardsOfTorch(@TempDir Path folder) throws Exception {
        for (String file : new String[]{"config.json", "pytorch_model.bin"}) {
            Files.copy(golden("mamba-pytorch-bin").resolve(file), folder.resolve(file));
        }
        try (Checkpoint whole = Checkpoint.open(folder)) {
            Files.move(folder.resolve("pytorch_model.bin"), folder.resolve("pytorch_model-1.bin"));
            StringBuilder index = new StringBuilder("{\"weight_map\":{\"lm_head.weight\":\"pytorch_model-1.bin\"");
            whole.tensorNames().stream().filter(name -> !name.equals("lm_head.weight"))
                    .forEach(name -> index.append(",\"%s\":\"pytorch_model-1.bin\"".formatted(name)));
            Files.writeString(folder.resolve("pytorch_model.bin.index.json"), index.append("}}"));
            try (Checkpoint sharded = Checkpoint.open(folder)) {
                assertEquals(whole.weights().fingerprint(), sharded.weights().fingerprint());
            }
        }
    }

    @Test
    void readsViewsOfASharedStorage() throws CheckpointException {
        TorchBytes pickle = new TorchBytes().op('}', '(').text("rows")
                .tensor("FloatStorage", "0", 12, 4, sizes(2, 3), 3, 1).text("transposed")
                .tensor("FloatStorage", "0", 12, 0, sizes(3, 2), 1, 3).text("single")
                .tensor("FloatStorage", "0", 12, 11, sizes()).text("empty")
                .tensor("FloatStorage", "0", 12, 12, sizes(0, 5), 5, 1).text("every second")
                .tensor("FloatStorage", "0", 12, 1, sizes(1, 1, 3), 99, 7, 2).text("repeated")
                .tensor("FloatStorage", "0", 12, 2, sizes(3), 0).text("bytes")
                .tensor("ByteStorage", "1", 8, 6, sizes(2), 1).text("longs")
                .tensor("LongStorage", "1", 1, 0, sizes(1), 1).op('u', '.');
        Map<String, Tensor> tensors = read(pickle.file());
        assertArrayEquals(new float[]{4, 5, 6, 7, 8, 9}, tensors.get("rows").toFloats());
        assertArrayEquals(new float[]{0, 3, 1, 4, 2, 5}, tensors.get("transposed").toFloats());
        assertArrayEquals(new float[]{11}, tensors.get("single").toFloats());
        assertArrayEquals(new float[]{}, tensors.get("empty").toFloats());
        assertArrayEquals(new float[]{1, 3, 5}, tensors.get("every second").toFloats());
        assertArrayEquals(new float[]{2, 2, 2}, tensors.get("repeated").toFloats());
        assertArrayEquals(new long[]{7, 8}, tensors.get("bytes").toLongs());
        assertArrayEquals(new long[]{0x0807060504030201L}, tensors.get("longs").toLongs());
    }

    static Stream<Arguments> misfits() {
        long max = Long.MAX_VALUE;
        return Stream.of(Arguments.of(13, 0, sizes(13), sizes(1)), Arguments.of(11, 0, sizes(11), sizes(1)),
                Arguments.of(max, 0, sizes(12), sizes(1)), Arguments.of(12, 1, sizes(12), sizes(1)),
                Arguments.of(12, -1, sizes(3), sizes(1)), Arguments.of(12, max, sizes(3), sizes(1)),
                Arguments.of(12, 0, sizes(3), sizes(-1)), Arguments.of(12, 0, sizes(-3), sizes(1)),
                Arguments.of(12, 0, sizes(3), sizes(max)), Arguments.of(12, 0, sizes(3, 3), sizes(5, 1)),
                Arguments.of(12, 0, sizes(3, 4), sizes(4)), Arguments.of(12, 0, sizes(13), sizes(0)),
                Arguments.of(12, 0, sizes(1L << 40, 1L << 40), sizes(0, 0)), Arguments.of(12, 13, sizes(), sizes()),
                Arguments.of(12, 5, sizes(3, 3, 1), sizes(max / 2, max / 2, 1)),
                Arguments.of(12, -1, sizes(0), sizes(1)));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void refusesViewsBeyondTheirStorage(long elements, long offset, long[] shape, long[] strides) {
        String message = refusal(dict(elements, offset, shape, strides).file());
        assertTrue(message.startsWith("f.bin: tensor 'x': expected "), message);
    }

    @Test
    void refusesToCopyMoreThanTheFileIs() {
        TorchBytes pickle = new TorchBytes().op('}', '(');
        pickle.text("first").tensor("FloatStorage", "0", 12, 0, sizes(3, 4), 1, 3).op('q', 0);
        for (int i = 0; i < 200; i++) {
            pickle.text("copy" + i).op('h', 0);
        }
        String message = refusal(pickle.op('u', '.').file());
        assertTrue(message.endsWith("expected strides that go row by row, found [1, 3], and too much to copy"),
                message);
    }

    /** A model copies its small parameters, each by itself: a short file must not ask for any amount of memory. */
    @Test
    void refusesTensorsThatShareTheirDataWithoutEnd() throws CheckpointException {
        assertEquals(2, read(sharing(2)).size());
        String message = refusal(sharing(200));
        assertTrue(message.contains("expected tensors of at most twice the file's "), message);
    }

    /** A file whose tensors are all the same one, as a head that is tied to an embedding is. */
    private static byte[] sharing(int tensors) {
        TorchBytes pickle = new TorchBytes().op('}', '(');
        pickle.text("first").tensor("FloatStorage", "0", 12, 0, sizes(12), 1).op('q', 0);
        for (int i = 1; i < tensors; i++) {
            pickle.text("again" + i).op('h', 0);
        }
        return pickle.op('u', '.').file();
    }

    @Test
    void refusesAnotherContent() {
        assertEquals("f.bin: tensor 'x': expected its data in entry 'data/../data.pkl', found no such entry",
                refusal(new TorchBytes().op('}').text("x").tensor("FloatStorage", "../data.pkl", 1, 0, sizes(1), 1)
                        .op('s', '.').file()));
        assertEquals(
                "f.bin: expected a dictionary from names to tensors, found no tensor in it: 'epoch' is the integer 3",
                refusal(new TorchBytes().op('}').text("epoch").op('K', 3, 's', '.').file()));
        assertEquals("f.bin: expected a dictionary from names to tensors, found an empty one",
                refusal(new TorchBytes().op('}', '.').file()));
        assertEquals("f.bin: expected a dictionary from names to tensors, found a tensor",
                refusal(new TorchBytes().tensor("FloatStorage", "0", 12, 0, sizes(12), 1).op('.').file()));
    }

    private static TorchBytes named(TorchBytes pickle, String dict, int row) {
        return pickle.text(dict).op('}').text("x").tensor("FloatStorage", "0", 12, 3 * row, sizes(3), 1).op('s');
    }

    @Test
    void readsTheDictionaryOfTheModelInWhatATrainingSaved() throws CheckpointException {
        TorchBytes one = named(new TorchBytes().op('}', '('), "net", 1).text("epoch").op('K', 3).text("optimizer")
                .op('}').text("state").op('}', 's', 'u', '.');
        assertArrayEquals(new float[]{3, 4, 5}, read(one.file()).get("x").toFloats());
        TorchBytes usual = named(named(new TorchBytes().op('}', '('), "rng", 1), "state_dict", 2).op('u', '.');
        assertArrayEquals(new float[]{6, 7, 8}, read(usual.file()).get("x").toFloats());
        TorchBytes beside = named(new TorchBytes().op('}', '('), "state_dict", 1).text("y")
                .tensor("FloatStorage", "0", 12, 0, sizes(1), 1).op('u', '.');
        assertEquals(Set.of("y"), read(beside.file()).keySet());
        TorchBytes several = named(named(new TorchBytes().op('}', '('), "student", 1), "ema", 2).op('u', '.');
        assertEquals(
                "f.bin: expected the tensors of one model, found several dictionaries with tensors: 'student', 'ema';"
                        + " save the one of the model by itself",
                refusal(several.file()));
        TorchBytes deep = new TorchBytes().op('}').text("a").op('}').text("b").op('}').text("x")
                .tensor("FloatStorage", "0", 12, 0, sizes(1), 1).op('s', 's', 's', '.');
        assertEquals("f.bin: expected a dictionary from names to tensors, found no tensor in it: 'a' is a dictionary",
                refusal(deep.file()));
    }

    @Test
    void readsTensorsOfStoragesWithoutAType() throws CheckpointException {
        TorchBytes pickle = new TorchBytes().op('}', '(').text("f8").tensorOfType("float8_e4m3fn", "1", 8, sizes(2, 4),
                4, 1).text("u16").tensorOfType("uint16", "1", 8, sizes(2), 2).text("longs")
                .tensorOfType("int64", "1", 8, sizes(1), 1).text("complex")
                .tensor("ComplexFloatStorage", "1", 1, 0, sizes(1), 1).op('u', '.');
        Map<String, Tensor> tensors = read(pickle.file());
        assertEquals(StoredType.F8_E4M3, tensors.get("f8").type());
        assertEquals(List.of(2L, 4L), tensors.get("f8").shape());
        // Every second element, copied: bytes 0, 1, 4 and 5.
        assertArrayEquals(new byte[]{1, 2, 5, 6}, tensors.get("u16").data().toArray(ValueLayout.JAVA_BYTE));
        assertArrayEquals(new long[]{0x0807060504030201L}, tensors.get("longs").toLongs());
        assertEquals(StoredType.C64, tensors.get("complex").type());
    }

    /** A dictionary under many names is looked at once: otherwise this would take 10^11 steps. */
    @Test
    void looksAtASharedDictionaryOnce() {
        TorchBytes pickle = new TorchBytes().op('}', '(').text("0").op('}', 'q', 0, '(');
        for (int i = 0; i < 300_000; i++) {
            pickle.text("k" + i).op('N');
        }
        pickle.op('u');
        for (int i = 1; i < 200_000; i++) {
            pickle.text("" + i).op('h', 0);
        }
        byte[] file = pickle.op('u', '.').file();
        assertTimeoutPreemptively(Duration.ofSeconds(60), () -> assertTrue(refusal(file).contains("no tensor in it")));
    }

    @Test
    void refusesAnotherKindOfFile() {
        assertTrue(refusal(new byte[0]).contains("expected a zip archive as written by PyTorch 1.6 or later"));
        assertTrue(refusal(new byte[]{(byte) 0x80, 2, (byte) 0x8a, 10}).contains("expected a zip archive"));
        assertEquals("f.bin: expected an entry data.pkl in the zip archive, found none",
                refusal(TorchBytes.zip(Map.of("a/b/data.pkl", new byte[1]), false)));
        Map<String, byte[]> big = new LinkedHashMap<>();
        big.put("m/data.pkl", new TorchBytes().op('}', '.').bytes());
        big.put("m/byteorder", "big".getBytes(StandardCharsets.US_ASCII));
        assertEquals("f.bin: expected byte order 'little', found another", refusal(TorchBytes.zip(big, false)));
    }

    @Test
    void namesTheFileOfADamagedCheckpoint(@TempDir Path folder) throws IOException {
        TinyModel.plain().writeConfig(folder);
        Path file = folder.resolve("pytorch_model.bin");
        Files.write(file, java.util.Arrays.copyOf(dict(12, 0, sizes(12), 1).file(), 300));
        String message = assertThrows(CheckpointException.class, () -> Checkpoint.open(folder).close()).getMessage();
        assertEquals(file + ": the zip archive is damaged or truncated: it has no directory at its end", message);
    }
}
