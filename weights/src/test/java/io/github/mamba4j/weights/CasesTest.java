package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints with one oddity each; all but one hold the parameters of the same model. */
class CasesTest {
    private static Path path(String name) throws URISyntaxException {
        return Path.of(CasesTest.class.getResource("/cases/" + name).toURI());
    }

    private static long fingerprint(Path path) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            return checkpoint.weights().fingerprint();
        }
    }

    /** The model as it is usually stored: what another case holds, without the head that this one adds. */
    private static Path plain(Path folder) throws Exception {
        Path source = path("tied-config-other-head");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (Warnings unread = new Warnings(); Checkpoint checkpoint = Checkpoint.open(source)) {
            assertEquals(1, unread.messages().size());
            for (String name : checkpoint.tensorNames()) {
                tensors.put(name, checkpoint.tensor(name));
            }
            tensors.remove("lm_head.weight");
            SafetensorsBytes.write(folder.resolve("model.safetensors"), tensors);
        }
        Files.copy(source.resolve("config.json"), folder.resolve("config.json"));
        return folder;
    }

    @ParameterizedTest
    @ValueSource(strings = {"only-head-stored", "mlx-conv-layout", "safetensors-header-extras",
            "bin-entries-no-tensors"})
    void readsTheSameModelWithoutAWarning(String name, @TempDir Path folder) throws Exception {
        long expected = fingerprint(plain(folder));
        try (Warnings warnings = new Warnings()) {
            assertEquals(expected, fingerprint(path(name)));
            assertEquals(List.of(), warnings.messages());
        }
    }

    @Test
    void readsTheModelOfATraining(@TempDir Path folder) throws Exception {
        long expected = fingerprint(plain(folder));
        Path path = path("bin-nested-state-dict");
        try (Warnings warnings = new Warnings()) {
            assertEquals(expected, fingerprint(path));
            assertEquals(List.of(path.resolve("pytorch_model.bin") + ": the tensors are those in 'state_dict'"),
                    warnings.messages());
        }
    }

    @Test
    void leavesTensorsOfOtherTypesAlone(@TempDir Path folder) throws Exception {
        long expected = fingerprint(plain(folder));
        Path path = path("unused-tensor-formats");
        try (Warnings warnings = new Warnings(); Checkpoint checkpoint = Checkpoint.open(path)) {
            assertEquals(expected, checkpoint.weights().fingerprint());
            assertEquals(1, warnings.messages().size());
            assertTrue(warnings.messages().getFirst().startsWith(path.resolve("model.safetensors")
                    + ": 3 tensors are not part of a model of this configuration and are not used, such as '"));
            assertEquals(EnumSet.of(StoredType.F32, StoredType.U16, StoredType.F8_E4M3, StoredType.U64),
                    checkpoint.bytesByType().keySet());
        }
    }

    @Test
    void tellsOfAPointerOfGitLfs() throws Exception {
        Path path = path("git-lfs-pointer");
        String message = assertThrows(CheckpointException.class, () -> Checkpoint.open(path).close()).getMessage();
        assertEquals(
                path.resolve("model.safetensors") + ": expected the file itself, found a Git LFS pointer to it; fetch"
                        + " the file with 'git lfs pull', or download it",
                message);
    }

    @Test
    void tiesTheOnlyMatrixThatIsStored() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(path("only-head-stored"))) {
            ModelWeights weights = checkpoint.weights();
            assertSame(weights.embedding(), weights.head());
            assertEquals(checkpoint.tensor("lm_head.weight").toMatrix(), weights.embedding());
        }
    }

    @Test
    void usesAHeadThatIsStoredBesideATiedConfiguration() throws Exception {
        Path path = path("tied-config-other-head");
        try (Warnings warnings = new Warnings(); Checkpoint checkpoint = Checkpoint.open(path)) {
            ModelWeights weights = checkpoint.weights();
            assertEquals(checkpoint.tensor("lm_head.weight").toMatrix(), weights.head());
            assertNotSame(weights.embedding(), weights.head());
            assertNotEquals(weights.embedding().get(0, 0), weights.head().get(0, 0));
            assertEquals(
                    List.of(path.resolve("model.safetensors") + ": the configuration ties the head to the embedding,"
                            + " but the file has another head, which is used"),
                    warnings.messages());
        }
    }
}
