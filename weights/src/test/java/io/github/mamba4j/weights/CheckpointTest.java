package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import io.github.mamba4j.weights.mixer.Mamba1Weights;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
    private static final String EMBEDDING = "backbone.embeddings.weight";

    @TempDir
    private Path folder;

    private static String refusal(Path path) {
        return assertThrows(CheckpointException.class, () -> {
            try (Checkpoint checkpoint = Checkpoint.open(path)) {
                checkpoint.weights();
            }
        }).getMessage();
    }

    private String refusal(TinyModel model, Consumer<TinyModel> spoil) throws IOException {
        spoil.accept(model);
        return refusal(model.write(folder));
    }

    private static Mamba1Weights layer(ModelWeights weights, int layer) {
        return (Mamba1Weights) weights.blocks().get(layer).mixer();
    }

    private static float[] negativeExp(float[] values) {
        float[] exp = new float[values.length];
        for (int i = 0; i < exp.length; i++) {
            exp[i] = (float) -StrictMath.exp(values[i]);
        }
        return exp;
    }

    private static long fingerprint(Path path) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return checkpoint.weights().fingerprint();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F16", "BF16"})
    void findsEveryParameterInPlace(DType dtype) throws IOException {
        TinyModel model = new TinyModel(dtype, true, true, false);
        try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
            ModelWeights weights = checkpoint.weights();
            BlockWeights block = weights.blocks().get(1);
            Mamba1Weights layer = layer(weights, 1);
            String mixer = "backbone.layers.1.mixer.";
            assertArrayEquals(model.tensors.get("backbone.layers.1.norm.weight").toFloats(), block.norm());
            assertArrayEquals(model.tensors.get(mixer + "in_proj.bias").toFloats(), layer.inProjBias());
            assertArrayEquals(model.tensors.get(mixer + "conv1d.weight").toFloats(), layer.convWeight());
            assertArrayEquals(model.tensors.get(mixer + "conv1d.bias").toFloats(), layer.convBias());
            assertArrayEquals(model.tensors.get(mixer + "dt_proj.bias").toFloats(), layer.dtBias());
            assertArrayEquals(negativeExp(model.tensors.get(mixer + "A_log").toFloats()), layer.a());
            assertArrayEquals(model.tensors.get(mixer + "D").toFloats(), layer.d());
            assertArrayEquals(model.tensors.get(mixer + "out_proj.bias").toFloats(), layer.outProjBias());
            assertArrayEquals(model.tensors.get("backbone.norm_f.weight").toFloats(), weights.normF());
            assertEquals(checkpoint.tensor(mixer + "in_proj.weight").toMatrix(), layer.inProj());
            assertEquals(checkpoint.tensor(mixer + "x_proj.weight").toMatrix(), layer.xProj());
            assertEquals(checkpoint.tensor(mixer + "dt_proj.weight").toMatrix(), layer.dtProj());
            assertEquals(checkpoint.tensor(mixer + "out_proj.weight").toMatrix(), layer.outProj());
            assertEquals(checkpoint.tensor(EMBEDDING).toMatrix(), weights.embedding());
            assertEquals(checkpoint.tensor("lm_head.weight").toMatrix(), weights.head());
            assertEquals(model.tensors.get(EMBEDDING).toMatrix().get(3, 2), weights.embedding().get(3, 2));
        }
    }

    @Test
    void leavesOutBiasesThatTheModelDoesNotHave() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(new TinyModel(DType.F32, false, false, true).write(folder))) {
            ModelWeights weights = checkpoint.weights();
            assertEquals(0, layer(weights, 0).inProjBias().length);
            assertEquals(0, layer(weights, 0).convBias().length);
            assertSame(weights.embedding(), weights.head());
        }
    }

    @Test
    void tiesAHeadThatIsStoredAllTheSame() throws IOException {
        TinyModel model = TinyModel.plain();
        Tensor embedding = model.tensors.get(EMBEDDING);
        model.put(new Tensor("lm_head.weight", embedding.type(), embedding.shape(), embedding.data()));
        try (Warnings warnings = new Warnings(); Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
            ModelWeights weights = checkpoint.weights();
            assertSame(weights.embedding(), weights.head());
            assertEquals(List.of(), warnings.messages());
        }
    }

    @Test
    void findsTheNamesOfAModelSavedWithoutItsHead() throws IOException {
        TinyModel model = TinyModel.plain();
        List.copyOf(model.tensors.keySet()).forEach(name -> model.rename(name, name.substring("backbone.".length())));
        try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
            assertEquals(2, checkpoint.weights().blocks().size());
        }
    }

    @Test
    void takesAllStoredRowsOfTheAuthorsVocabulary() throws IOException {
        TinyModel model = TinyModel.plain();
        model.rename(EMBEDDING, "backbone.embedding.weight");
        model.config.clear();
        model.with("d_model", "6").with("n_layer", "2").with("vocab_size", "9").with("ssm_cfg", "{\"d_state\":3}");
        try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
            assertEquals(TinyModel.VOCAB, checkpoint.config().vocabSize());
            assertEquals(TinyModel.VOCAB, checkpoint.weights().head().rows());
        }
        String message = refusal(model, m -> m.with("vocab_size", "12"));
        assertTrue(message.endsWith(
                "tensor 'backbone.embedding.weight': expected shape [12 to 16777216, 6], found [11, 6]"), message);
    }

    @Test
    void opensAFileOfTheFolder() throws IOException {
        TinyModel model = TinyModel.plain();
        model.write(folder);
        Path other = Files.move(folder.resolve("model.safetensors"), folder.resolve("other.safetensors"));
        try (Checkpoint checkpoint = Checkpoint.open(other)) {
            assertEquals(List.of("other.safetensors"), checkpoint.weightFiles());
        }
    }

    @Test
    void prefersSafetensors() throws IOException {
        TinyModel.plain().write(folder);
        Files.writeString(folder.resolve("pytorch_model.bin"), "not looked at");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(List.of("model.safetensors"), checkpoint.weightFiles());
        }
    }

    @Test
    void tellsWhatIsMissing() throws IOException {
        Path none = folder.resolve("none");
        assertEquals(none + ": expected the folder of a checkpoint, found nothing there", refusal(none));
        assertEquals(folder + ": expected a file config.json, found none", refusal(folder));
        TinyModel.plain().writeConfig(folder);
        assertEquals(folder + ": expected weights in one of model.safetensors, model.safetensors.index.json, "
                + "pytorch_model.bin, pytorch_model.bin.index.json, found none", refusal(folder));
        Path config = folder.resolve("config.json");
        assertEquals(
                config + ": expected a folder, or a file of weights (.safetensors, .bin, .index.json), found another "
                        + "file",
                refusal(config));
        Files.createDirectory(folder.resolve("model.safetensors"));
        assertEquals(folder.resolve("model.safetensors") + ": expected a file, found a folder", refusal(folder));
    }

    private String nothing(String found) {
        return folder
                + ": expected weights in one of model.safetensors, model.safetensors.index.json, pytorch_model.bin, "
                + "pytorch_model.bin.index.json, found " + found;
    }

    @Test
    void tellsWhatElseIsInTheFolder() throws IOException {
        TinyModel.plain().write(folder);
        Path consolidated = folder.resolve("consolidated.safetensors");
        Files.move(folder.resolve("model.safetensors"), consolidated);
        Files.writeString(folder.resolve("a.gguf"), "");
        assertEquals(nothing("a.gguf, consolidated.safetensors; to use a file of another name, give its path: "
                + consolidated), refusal(folder));
        assertDoesNotThrow(() -> fingerprint(consolidated));
        Files.delete(consolidated);
        assertEquals(nothing("a.gguf"), refusal(folder));
        for (int i = 0; i < 9; i++) {
            Files.writeString(folder.resolve("b" + i + ".pt"), "");
        }
        assertEquals(nothing("a.gguf, b0.pt, b1.pt, b2.pt, b3.pt and 5 more"), refusal(folder));
    }

    @Test
    void findsTheSnapshotInACacheOfTheHub() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models--owner--name"));
        Path one = Files.createDirectories(model.resolve("snapshots").resolve("1f"));
        TinyModel.plain().write(one);
        long expected = fingerprint(one);
        assertEquals(expected, fingerprint(model));
        Path two = Files.createDirectories(model.resolve("snapshots").resolve("2e"));
        assertEquals(model.resolve("snapshots") + ": expected one snapshot, found 1f, 2e; give the folder of one",
                refusal(model));
        Path main = Files.createDirectories(model.resolve("refs")).resolve("main");
        Files.writeString(main, "1f\n");
        assertEquals(expected, fingerprint(model));
        Files.writeString(main, "../snapshots/1f");
        assertTrue(refusal(model).contains("expected one snapshot"));
        Files.writeString(main, "2e");
        assertEquals(two + ": expected a file config.json, found none", refusal(model));
        assertEquals(
                folder + ": expected a file config.json, found none; this is a cache of the hub, give the folder of a"
                        + " model in it: models--owner--name",
                refusal(folder));
    }

    @Test
    void tellsOfACheckpointInAFolderBelow() throws IOException {
        TinyModel.plain().write(Files.createDirectory(folder.resolve("checkpoint-100")));
        Files.createDirectory(folder.resolve("logs"));
        assertEquals(
                folder + ": expected a file config.json, found none; there is one in the folder below: checkpoint-100",
                refusal(folder));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "version https://git-lfs.github.com/spec/v1 | a Git LFS pointer to it; fetch the file with 'git lfs pull', or download it",
            "<!DOCTYPE html><html>                      | an HTML page, such as a server's error message; download the file again",
            "<html lang=en>                             | an HTML page, such as a server's error message; download the file again",
            "<?xml version=1.0?><Error>                 | an XML document, such as a server's error message; download the file again"
    })
    void tellsOfWhatStandsForAFile(String content, String found) throws IOException {
        for (String name : new String[]{"config.json", "model.safetensors", "pytorch_model.bin",
                "model.safetensors.index.json"}) {
            TinyModel.plain().write(folder);
            Path file = folder.resolve(name);
            Files.writeString(file, "\uFEFF\n " + content + "\noid sha256:00\n");
            Path opened = name.equals("config.json") ? folder : file;
            assertEquals(file + ": expected the file itself, found " + found, refusal(opened));
        }
    }

    @Test
    void readsAConfigurationWithAByteOrderMark() throws IOException {
        long expected = fingerprint(TinyModel.plain().write(folder));
        Path config = folder.resolve("config.json");
        Files.writeString(config, "\uFEFF" + Files.readString(config));
        assertEquals(expected, fingerprint(folder));
        Files.writeString(config, "\uFEFF" + Files.readString(config));
        assertTrue(refusal(folder).startsWith(config + ": the JSON cannot be read: "));
    }

    @ParameterizedTest
    @CsvSource({"backbone.norm_f.weight, [6]", "backbone.layers.1.mixer.A_log, '[12, 3]'",
            "backbone.layers.0.mixer.conv1d.weight, '[12, 4]'", "backbone.layers.0.mixer.x_proj.weight, '[7, 12]'"})
    void namesAMissingTensor(String name, String shape) throws IOException {
        assertEquals(
                folder.resolve("model.safetensors") + ": tensor '" + name + "' is missing; expected shape " + shape,
                refusal(TinyModel.plain(), model -> model.tensors.remove(name)));
    }

    @Test
    void namesAMissingEmbeddingOrHead() throws IOException {
        assertTrue(refusal(TinyModel.plain(), model -> model.tensors.remove(EMBEDDING))
                .endsWith("tensor 'backbone.embeddings.weight' is missing; expected shape [11, 6]"));
        assertTrue(refusal(TinyModel.plain(), model -> model.with("tie_word_embeddings", "false"))
                .endsWith("tensor 'lm_head.weight' is missing; expected shape [11, 6]"));
    }

    @ParameterizedTest
    @CsvSource({"vocab_size, 12, backbone.embeddings.weight, '[12, 6]', '[11, 6]'",
            "hidden_size, 7, backbone.embeddings.weight, '[11, 7]', '[11, 6]'",
            "intermediate_size, 13, backbone.layers.0.mixer.in_proj.weight, '[26, 6]', '[24, 6]'",
            "conv_kernel, 3, backbone.layers.0.mixer.conv1d.weight, '[12, 3]', '[12, 1, 4]'",
            "state_size, 4, backbone.layers.0.mixer.x_proj.weight, '[9, 12]', '[7, 12]'",
            "num_hidden_layers, 3, backbone.layers.2.norm.weight, [6], none"})
    void namesATensorOfAnotherShape(String setting, String value, String name, String expected, String found)
            throws IOException {
        String message = refusal(TinyModel.plain(), model -> model.with(setting, value));
        assertEquals(folder.resolve("model.safetensors") + ": tensor '" + name + "'"
                + (found.equals("none")
                        ? " is missing; expected shape " + expected
                        : ": expected shape " + expected + ", found " + found),
                message);
    }

    @ParameterizedTest
    @CsvSource({EMBEDDING + ", I32, 4", EMBEDDING + ", U32, 4", EMBEDDING + ", F8_E4M3, 1",
            "backbone.norm_f.weight, C64, 8", "backbone.layers.0.mixer.A_log, U16, 2"})
    void namesATensorOfAnotherType(String name, StoredType type, int bytes) throws IOException {
        String message = refusal(TinyModel.plain(), model -> {
            Tensor tensor = model.tensors.get(name);
            MemorySegment data = MemorySegment.ofArray(new byte[(int) tensor.elementCount() * bytes]);
            model.put(new Tensor(name, type, tensor.shape(), data));
        });
        assertTrue(message.endsWith("tensor '" + name + "': expected F32, F16, BF16 or F64, found " + type), message);
    }

    @Test
    void narrowsDoublesToFloats() throws IOException {
        TinyModel model = new TinyModel(DType.F64, false, true, true);
        try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
            ModelWeights weights = checkpoint.weights();
            assertEquals(DType.F32, weights.embedding().dtype());
            assertEquals(model.tensors.get(EMBEDDING).toFloats()[6 + 2], weights.embedding().get(1, 2));
        }
    }

    @Test
    void convertsMatricesAndLeavesVectors() throws IOException {
        TinyModel model = TinyModel.plain();
        try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
            ModelWeights exact = checkpoint.weights(DType.F32);
            ModelWeights rounded = checkpoint.weights(DType.BF16);
            assertEquals(checkpoint.tensor(EMBEDDING).toMatrix(), exact.embedding());
            assertEquals(DType.BF16, layer(rounded, 1).outProj().dtype());
            assertSame(rounded.embedding(), rounded.head());
            float value = exact.embedding().get(10, 5);
            float nearest = SafetensorsBytes.tensor("x", DType.BF16, List.of(1L), value).toFloats()[0];
            assertEquals(nearest, rounded.embedding().get(10, 5));
            assertNotEquals(value, rounded.embedding().get(10, 5));
            assertArrayEquals(layer(exact, 1).a(), layer(rounded, 1).a());
            assertThrows(IllegalArgumentException.class, () -> checkpoint.weights(DType.F64));
        }
    }

    @ParameterizedTest
    @CsvSource({"65519, 65520, F16", "-65519, -70000, F16", "3.38953139e38, 3.3961776e38, BF16",
            "-3.396177e38, -3.4028235e38, BF16"})
    void refusesToMakeWeightsInfinite(float fits, float tooLarge, DType wanted) throws IOException {
        for (float value : new float[]{fits, tooLarge}) {
            TinyModel model = TinyModel.plain();
            float[] values = model.tensors.get(EMBEDDING).toFloats();
            values[7] = value;
            model.put(SafetensorsBytes.tensor(EMBEDDING, DType.F32, List.of(11L, 6L), values));
            try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
                if (value == fits) {
                    assertTrue(Float.isFinite(checkpoint.weights(wanted).embedding().get(1, 1)));
                } else {
                    assertTooLarge(EMBEDDING, wanted, () -> checkpoint.weights(wanted));
                }
            }
        }
    }

    /** A matrix and a vector of F64, with a number that float32 does not reach, and with infinity: a matrix may have it. */
    @ParameterizedTest
    @ValueSource(strings = {EMBEDDING, "backbone.norm_f.weight"})
    void refusesToMakeInfiniteWeightsOfF64(String name) throws IOException {
        for (double value : new double[]{-1e39, Double.POSITIVE_INFINITY}) {
            TinyModel model = new TinyModel(DType.F64, false, true, true);
            Tensor tensor = model.tensors.get(name);
            tensor.data().set(ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN), 8, value);
            try (Checkpoint checkpoint = Checkpoint.open(model.write(folder))) {
                if (Double.isInfinite(value) && name.equals(EMBEDDING)) {
                    assertDoesNotThrow(() -> checkpoint.weights());
                } else if (Double.isInfinite(value)) {
                    assertEquals(folder.resolve("model.safetensors") + ": tensor '" + name
                            + "': expected finite values, found Infinity at index 1",
                            assertThrows(CheckpointException.class, checkpoint::weights).getMessage());
                } else {
                    assertTooLarge(name, DType.F32, checkpoint::weights);
                }
            }
        }
    }

    private static void assertTooLarge(String name, DType wanted, Executable open) {
        String message = assertThrows(CheckpointException.class, open).getMessage();
        assertTrue(message.endsWith("tensor '" + name + "': a value is too large for " + wanted), message);
    }

    @Test
    void tellsWhatIsStored() throws IOException {
        TinyModel model = TinyModel.plain();
        model.add(new SplittableRandom(2), DType.BF16, "backbone.norm_f.weight", 6);
        Path file = model.write(folder).resolve("model.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            long parameters = checkpoint.weights().parameters().count();
            assertEquals(model.tensors.values().stream().mapToLong(Tensor::elementCount).sum(), parameters);
            assertEquals(Map.of(StoredType.F32, 4 * (parameters - 6), StoredType.BF16, 12L), checkpoint.bytesByType());
            assertEquals(Files.size(file), checkpoint.storedBytes());
            assertEquals("Mamba-1", checkpoint.architecture());
            assertEquals(model.tensors.keySet(), checkpoint.tensorNames());
            assertThrows(CheckpointException.class, () -> checkpoint.tensor("none"));
        }
    }

    @Test
    void fingerprintFollowsTheValuesNotTheLayout() throws IOException {
        TinyModel model = TinyModel.plain();
        long original = fingerprint(model.write(folder));
        model.rename("backbone.layers.0.mixer.D", "backbone.layers.0.mixer.D");
        assertEquals(original, fingerprint(model.write(folder)));
        assertNotEquals(original, fingerprint(model.with("layer_norm_epsilon", "1e-6").write(folder)));
        model.with("layer_norm_epsilon", "1e-5");
        model.add(new SplittableRandom(9), DType.F32, "backbone.norm_f.weight", 6);
        assertNotEquals(original, fingerprint(model.write(folder)));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertNotEquals(checkpoint.weights().fingerprint(), checkpoint.weights(DType.F16).fingerprint());
        }
    }

    @Test
    void closesTwiceAndThenSaysSo() throws IOException {
        Checkpoint checkpoint = Checkpoint.open(TinyModel.plain().write(folder));
        checkpoint.close();
        checkpoint.close();
        assertThrows(IllegalStateException.class, checkpoint::weights);
        assertTrue(checkpoint.files().has("config.json"));
    }
}
