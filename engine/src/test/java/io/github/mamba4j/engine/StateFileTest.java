package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.file.safetensors.SafetensorsFile;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    @TempDir
    private Path folder;

    private final MambaModel model = TestModels.small();

    @AfterEach
    void close() {
        model.close();
    }

    private MambaState usedState() {
        MambaState state = model.newState();
        model.prefill(state, 5, 4, 3, 2, 1, 0, 60);
        return state;
    }

    private byte[] saved() throws IOException {
        var out = new ByteArrayOutputStream();
        usedState().save(out);
        return out.toByteArray();
    }

    /** The saved state with a part of its header replaced by another of the same length. */
    private byte[] changed(String from, String to) throws IOException {
        byte[] bytes = saved();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        assertTrue(text.contains(from) && from.length() == to.length(), from);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String refusal(byte[] bytes) {
        return assertThrows(StateFormatException.class,
                () -> MambaState.load(new ByteArrayInputStream(bytes), model)).getMessage();
    }

    @Test
    void aLoadedStateGoesOnWithTheSameBits() throws IOException {
        MambaState state = usedState();
        Path file = folder.resolve("conversation.state");
        state.save(file);
        MambaState loaded = MambaState.load(file, model);
        assertTrue(loaded.contentEquals(state));
        assertArrayEquals(model.prefill(state, 9, 8, 7), model.prefill(loaded, 9, 8, 7));
        assertEquals(10, loaded.tokensConsumed());
    }

    @Test
    void anotherModelOfTheSameWeightsTakesTheState() throws IOException {
        byte[] bytes = saved();
        var options = ModelOptions.builder().threads(1).maxRowsPerPass(2).build();
        try (MambaModel again = MambaModel.of(TestModels.smallWeights(), options)) {
            MambaState loaded = MambaState.load(new ByteArrayInputStream(bytes), again);
            assertArrayEquals(model.step(usedState(), 11), again.step(loaded, 11));
        }
    }

    @Test
    void aStateLargerThanTheBufferIsWhole() throws IOException {
        var config = TestModels.config(5, 4, 1, 2500, 9, 3, 1, false, true, true);
        try (MambaModel wide = MambaModel.of(TestModels.weights(config, DType.F32, 3), ModelOptions.defaults())) {
            MambaState state = wide.newState();
            wide.prefill(state, 1, 2, 3);
            var out = new ByteArrayOutputStream();
            state.save(out);
            assertTrue(out.size() > state.byteSize() && out.size() < state.byteSize() + 1000, () -> "" + out.size());
            assertTrue(MambaState.load(new ByteArrayInputStream(out.toByteArray()), wide).contentEquals(state));
        }
    }

    @Test
    void savingReplacesTheFileAndLeavesNothingElse() throws IOException {
        Path file = folder.resolve("a.state");
        model.newState().save(file);
        usedState().save(file);
        assertEquals(7, MambaState.load(file, model).tokensConsumed());
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void aSaveThatFailsLeavesTheOldFileAndNothingElse() throws IOException {
        Path occupied = Files.createDirectory(folder.resolve("occupied"));
        Files.createFile(occupied.resolve("inside"));
        assertThrows(IOException.class, () -> usedState().save(occupied));
        assertTrue(Files.exists(occupied.resolve("inside")));
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
        assertThrows(NoSuchFileException.class, () -> usedState().save(folder.resolve("no/such/folder.state")));
    }

    @Test
    void aLinkStaysALink() throws IOException {
        Path file = folder.resolve("real.state");
        Files.createFile(file);
        Path link = Files.createSymbolicLink(folder.resolve("link.state"), file);
        usedState().save(link);
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(7, MambaState.load(file, model).tokensConsumed());
    }

    @Test
    void aStreamIsReadToTheEndOfTheStateAndNoFurther() throws IOException {
        byte[] bytes = saved();
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 3);
        longer[bytes.length] = 42;
        var in = new ByteArrayInputStream(longer);
        MambaState.load(in, model);
        assertEquals(42, in.read());
    }

    @Test
    void aFileWithMoreThanAStateIsRefused() throws IOException {
        byte[] bytes = saved();
        Path file = Files.write(folder.resolve("long.state"), Arrays.copyOf(bytes, bytes.length + 1));
        var e = assertThrows(StateFormatException.class, () -> MambaState.load(file, model));
        assertEquals(file + ": there are bytes after the end of the state", e.getMessage());
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] bytes = saved();
        for (int length = 0; length < bytes.length; length += length < 80 ? 1 : 37) {
            assertEquals("the stream: the file ends too early", refusal(Arrays.copyOf(bytes, length)));
        }
        refusal(Arrays.copyOf(bytes, bytes.length - 1));
    }

    @Test
    void somethingElseIsNotASavedState() throws IOException {
        refusal("{\"model_type\": \"mamba\"}".getBytes(StandardCharsets.UTF_8));
        assertEquals("the stream: not a saved state", refusal(changed("mamba4j-state", "mamba4j-other")));
        // What earlier versions wrote.
        refusal("MAMBA4JS\1\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        assertEquals("the stream: expected version 1 of the format, found 2",
                refusal(changed("\"version\":\"1\"", "\"version\":\"2\"")));
    }

    @Test
    void anotherModelIsRefused() throws IOException {
        String own = HexFormat.of().toHexDigits(model.fingerprint());
        String message = refusal(changed(own, "0123456789abcdef"));
        assertTrue(message.startsWith("the stream: expected a state of the model " + own + ", found one of the model "
                + "0123456789abcdef"), message);
        var config = TestModels.config(61, 24, 2, 50, 6, 4, 3, true, true, false);
        try (MambaModel other = MambaModel.of(TestModels.weights(config, DType.F32, 1), ModelOptions.defaults())) {
            byte[] bytes = saved();
            var e = assertThrows(StateFormatException.class,
                    () -> MambaState.load(new ByteArrayInputStream(bytes), other));
            assertTrue(e.getMessage().contains("bytes of state after 7 tokens"), e.getMessage());
        }
    }

    @Test
    void itIsASafetensorsFileThatOthersCanOpen() throws IOException {
        MambaState state = usedState();
        Path file = folder.resolve("a.state");
        StateFile.write(new StateFile.Content(state, Map.of("note", "mine"), new int[]{5, 4, 3}), file);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertEquals("7", opened.metadata().get("position"));
            assertEquals("mine", opened.metadata().get("note"));
            assertEquals(List.of(50L, 3L), opened.tensor("layers.0.mixer.conv").shape());
            assertArrayEquals(state.tensors().get("layers.1.mixer.ssm"),
                    opened.tensor("layers.1.mixer.ssm").toFloats());
            assertArrayEquals(new long[]{5, 4, 3}, opened.tensor("tokens").toLongs());
        }
        StateFile.Content content = StateFile.read(file, model);
        assertTrue(state.contentEquals(content.state()));
        assertEquals(Map.of("note", "mine"), content.metadata());
        assertArrayEquals(new int[]{5, 4, 3}, content.tokens());
    }

    @Test
    void keysOfTheFormatCannotBeTaken() {
        var content = new StateFile.Content(usedState(), Map.of("position", "9"), new int[0]);
        assertThrows(IllegalArgumentException.class, () -> StateFile.write(content, new ByteArrayOutputStream()));
    }

    @Test
    void weightsThatDifferInOneVectorOrFormatAreAnotherModel() throws IOException {
        byte[] bytes = saved();
        var weights = TestModels.smallWeights();
        ((Mamba1Weights) weights.blocks().get(1).mixer()).dtBias()[17] += 1e-3f;
        var bf16 = TestModels.weights(weights.config(), DType.BF16, 1);
        try (MambaModel retrained = MambaModel.of(weights, ModelOptions.defaults());
                MambaModel rounded = MambaModel.of(bf16, ModelOptions.defaults())) {
            for (MambaModel other : new MambaModel[]{retrained, rounded}) {
                assertThrows(StateFormatException.class,
                        () -> MambaState.load(new ByteArrayInputStream(bytes), other));
            }
        }
    }

    @Test
    void hugeLengthsAreRefusedWithoutAllocatingThem() throws IOException {
        byte[] bytes = saved();
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
        assertTrue(refusal(bytes).contains("found a length of 9223372036854775807"));
        String offsets = "\"data_offsets\":[0,600]";
        assertTrue(refusal(changed(offsets, "\"data_offsets\":[0,9e9]")).startsWith("the stream: expected 3200 bytes"));
    }

    @Test
    void anyFlippedBitIsRefused() throws IOException {
        byte[] bytes = saved();
        var random = new SplittableRandom(7);
        int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() + Long.BYTES;
        for (int i = 0; i < 600; i++) {
            int bit = random.nextInt(8 * (i < 300 ? bytes.length : header));
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            refusal(bytes);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        bytes[header + 5] ^= 4;
        assertTrue(refusal(bytes).endsWith("the file is damaged"));
    }
}
