package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFileTest {
    private static final int VERSION_AT = 8;
    private static final int D_STATE_AT = 20;
    private static final int FINGERPRINT_AT = 28;
    private static final int LENGTH_AT = 44;
    private static final int PAYLOAD_AT = 52;

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
            assertEquals(PAYLOAD_AT + state.byteSize() + 4, out.size());
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
            assertEquals("the stream: the saved state ends too early", refusal(Arrays.copyOf(bytes, length)));
        }
        refusal(Arrays.copyOf(bytes, bytes.length - 1));
    }

    @Test
    void somethingElseIsNotASavedState() {
        assertEquals("the stream: not a saved state", refusal("{\"model_type\": \"mamba\"}".getBytes()));
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
        byte[] bytes = saved();
        bytes[VERSION_AT] = 2;
        assertEquals("the stream: expected version 1 of the format, found 2", refusal(bytes));
    }

    @Test
    void anotherModelIsRefused() throws IOException {
        byte[] bytes = saved();
        bytes[FINGERPRINT_AT] ^= 1;
        String message = refusal(bytes);
        assertTrue(message.startsWith("the stream: expected a state of the model "), message);
        bytes[D_STATE_AT]++;
        message = refusal(bytes);
        assertTrue(message.endsWith("found one of 2 layers, d_inner 50, d_state 6, d_conv 4"), message);
    }

    @Test
    void weightsThatDifferInOneVectorOrFormatAreAnotherModel() throws IOException {
        byte[] bytes = saved();
        var weights = TestModels.smallWeights();
        weights.layers().get(1).dtBias()[17] += 1e-3f;
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
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(LENGTH_AT, Long.MAX_VALUE);
        String message = refusal(bytes);
        assertTrue(message.contains("expected 3200 bytes of state, found 9223372036854775807"), message);
        Arrays.fill(bytes, VERSION_AT + 4, FINGERPRINT_AT, (byte) 0x7f);
        message = refusal(bytes);
        assertTrue(message.contains("expected a state of 2 layers"), message);
    }

    @Test
    void anyFlippedBitIsRefused() throws IOException {
        byte[] bytes = saved();
        var random = new SplittableRandom(7);
        for (int i = 0; i < 400; i++) {
            int bit = i < 300 ? random.nextInt(bytes.length * 8) : random.nextInt(PAYLOAD_AT * 8);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            refusal(bytes);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        bytes[PAYLOAD_AT + 5] ^= 4;
        assertTrue(refusal(bytes).endsWith("the state is damaged"));
    }
}
