package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardIndexTest {
    private static final String NORM = "backbone.norm_f.weight";

    @TempDir
    private Path folder;
    private final TinyModel model = TinyModel.plain();
    private final Map<String, String> weightMap = new LinkedHashMap<>();

    /** Deals the tensors out to three shards. */
    @BeforeEach
    void writeShards() throws IOException {
        model.writeConfig(folder);
        List<Tensor> tensors = new ArrayList<>(model.tensors.values());
        for (int shard = 0; shard < 3; shard++) {
            String file = "model-%d.safetensors".formatted(shard);
            Map<String, Tensor> content = new LinkedHashMap<>();
            for (int i = shard; i < tensors.size(); i += 3) {
                content.put(tensors.get(i).name(), tensors.get(i));
                weightMap.put(tensors.get(i).name(), file);
            }
            SafetensorsBytes.write(folder.resolve(file), content);
        }
        writeIndex();
    }

    private Path writeIndex() throws IOException {
        StringBuilder json = new StringBuilder("{\"metadata\":{\"total_size\":1},\"weight_map\":{");
        weightMap.forEach((name, file) -> json.append(json.toString().endsWith("{") ? "" : ",")
                .append("\"%s\":\"%s\"".formatted(name, file.replace("\\", "\\\\"))));
        return Files.writeString(folder.resolve("model.safetensors.index.json"), json.append("}}"));
    }

    private String refusal() {
        return assertThrows(CheckpointException.class, () -> Checkpoint.open(folder).close()).getMessage();
    }

    @Test
    void readsAllShardsAsOne() throws IOException {
        try (Checkpoint sharded = Checkpoint.open(folder)) {
            assertEquals(model.tensors.keySet(), sharded.tensorNames());
            assertEquals(3, sharded.weightFiles().size());
            long bytes = 0;
            for (String file : sharded.weightFiles()) {
                bytes += Files.size(folder.resolve(file));
            }
            assertEquals(bytes, sharded.storedBytes());
            long fingerprint = sharded.weights().fingerprint();
            // In one file, the model is the same.
            SafetensorsBytes.write(folder.resolve("model.safetensors"), model.tensors);
            try (Checkpoint whole = Checkpoint.open(folder)) {
                assertEquals(List.of("model.safetensors"), whole.weightFiles());
                assertEquals(whole.weights().fingerprint(), fingerprint);
            }
        }
    }

    @Test
    void opensTheIndexByName() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(folder.resolve("model.safetensors.index.json"))) {
            assertEquals(2, checkpoint.weights().blocks().size());
        }
    }

    @Test
    void followsLinksToShards() throws IOException {
        Path shard = folder.resolve("model-0.safetensors");
        Path blob = Files.createDirectory(folder.resolve("blobs")).resolve("1");
        Files.move(shard, blob);
        Files.createSymbolicLink(shard, Path.of("blobs", "1"));
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(2, checkpoint.weights().blocks().size());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../model-0.safetensors", "/etc/passwd", "sub/model-0.safetensors",
            "..\\model-0.safetensors",
            "C:model-0.safetensors", "..", ".", "", " ", "config.json", "model.safetensors.index.json",
            "model-0.safetensors/"})
    void refusesEntriesThatLeaveTheFolder(String file) throws IOException {
        weightMap.put(NORM, file);
        Path index = writeIndex();
        assertEquals(
                index + ": weight_map, '" + NORM + "': expected a file of weights in the same folder, found '" + file
                        + "'",
                refusal());
    }

    @Test
    void refusesNamesWithoutMeaningOnThisMachine() throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"),
                "{\"weight_map\":{\"" + NORM + "\":\"\\u0000.safetensors\"}}");
        assertTrue(refusal().contains("expected a file of weights in the same folder"));
    }

    @Test
    void namesAMissingShard() throws IOException {
        Files.delete(folder.resolve("model-1.safetensors"));
        assertEquals(folder.resolve("model-1.safetensors")
                + ": no such file; expected it by model.safetensors.index.json", refusal());
    }

    @Test
    void namesATensorThatItsShardDoesNotHold() throws IOException {
        String shard = weightMap.get(NORM);
        String other = shard.equals("model-1.safetensors") ? "model-2.safetensors" : "model-1.safetensors";
        weightMap.put(NORM, other);
        writeIndex();
        assertEquals(folder.resolve(other) + ": tensor '" + NORM
                + "' is missing; expected it by model.safetensors.index.json", refusal());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[]", "{\"weight_map\":[]}", "{\"weight_map\":{}}", "{\"weight_map\":{\"x\":1}}",
            "{\"weight_map\":{\"x\":{}}}", "{\"weight_map\":{\"x\":\"a.bin\",\"x\":\"b.bin\"}}", "{\"weight_map\":"})
    void refusesAnotherIndex(String json) throws IOException {
        Path index = Files.writeString(folder.resolve("model.safetensors.index.json"), json);
        String message = refusal();
        assertTrue(message.startsWith(index + ": "), message);
    }
}
