package io.github.mamba4j.weights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
    private static final String EMBEDDING = "backbone.embeddings.weight";

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
            "model-0.safetensors/",
            "./../model-0.safetensors", "././model-0.safetensors", "./"})
    void refusesEntriesThatLeaveTheFolder(String file) throws IOException {
        weightMap.put(NORM, file);
        Path index = writeIndex();
        assertEquals(
                index + ": weight_map, '" + NORM + "': expected a file of weights in the same folder, found '"
                        + (file.startsWith("./") ? file.substring(2) : file) + "'",
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

    /** Rewrites the shard that holds a tensor without it. */
    private void drop(String tensor) throws IOException {
        Map<String, Tensor> content = new LinkedHashMap<>();
        weightMap.forEach((name, file) -> {
            if (file.equals(weightMap.get(tensor)) && !name.equals(tensor)) {
                content.put(name, model.tensors.get(name));
            }
        });
        SafetensorsBytes.write(folder.resolve(weightMap.get(tensor)), content);
    }

    @Test
    void namesATensorThatNoShardHolds() throws IOException {
        drop(NORM);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(folder.resolve("model.safetensors.index.json") + ": tensor '" + NORM
                    + "' is missing; expected shape [6]",
                    assertThrows(CheckpointException.class, checkpoint::weights).getMessage());
        }
    }

    private void assertSameModel() throws IOException {
        SafetensorsBytes.write(folder.resolve("model.safetensors"), model.tensors);
        try (Warnings warnings = new Warnings();
                Checkpoint sharded = Checkpoint.open(folder.resolve("model.safetensors.index.json"));
                Checkpoint whole = Checkpoint.open(folder)) {
            assertEquals(whole.weights().fingerprint(), sharded.weights().fingerprint());
            assertEquals(List.of(), warnings.messages());
        }
    }

    /** Savers leave out a matrix that they have written under another name, and name both in the index. */
    @Test
    void doesWithoutATiedHeadThatTheIndexNames() throws IOException {
        weightMap.put("lm_head.weight", weightMap.get(EMBEDDING));
        writeIndex();
        assertSameModel();
    }

    @Test
    void findsTheEmbeddingWhereOnlyTheHeadIsStored() throws IOException {
        Tensor embedding = model.tensors.get(EMBEDDING);
        String shard = weightMap.get(EMBEDDING);
        drop(EMBEDDING);
        Path extra = folder.resolve("model-head.safetensors");
        SafetensorsBytes.write(extra, Map.of("lm_head.weight",
                new Tensor("lm_head.weight", embedding.type(), embedding.shape(), embedding.data())));
        weightMap.put("lm_head.weight", "model-head.safetensors");
        assertEquals(shard, weightMap.get(EMBEDDING));
        writeIndex();
        assertSameModel();
    }

    @Test
    void findsATensorInAnotherShardThanTheIndexSays() throws IOException {
        String other = weightMap.get(NORM).equals("model-1.safetensors")
                ? "model-2.safetensors"
                : "model-1.safetensors";
        weightMap.put(NORM, other);
        writeIndex();
        assertSameModel();
    }

    @Test
    void prefersTheShardThatTheIndexNames() throws IOException {
        Tensor wrong = SafetensorsBytes.tensor(NORM, DType.F32, List.of(6L), 9, 9, 9, 9, 9, 9);
        SafetensorsBytes.write(folder.resolve("model-a.safetensors"), Map.of(NORM, wrong));
        SafetensorsBytes.write(folder.resolve("model-z.safetensors"), Map.of(NORM, wrong));
        Map<String, String> sound = new LinkedHashMap<>(weightMap);
        weightMap.clear();
        weightMap.put("first", "model-a.safetensors");
        weightMap.putAll(sound);
        weightMap.put("last", "model-z.safetensors");
        writeIndex();
        assertSameModel();
    }

    @Test
    void readsFilesOfThisFolderWithADot() throws IOException {
        weightMap.replaceAll((tensor, file) -> tensor.equals(NORM) ? file : "./" + file);
        writeIndex();
        assertSameModel();
        try (Checkpoint sharded = Checkpoint.open(folder.resolve("model.safetensors.index.json"))) {
            assertEquals(3, sharded.weightFiles().size());
        }
    }

    @Test
    void readsAnIndexWithAByteOrderMarkAndPassesOverTheRest() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        String map = Files.readString(index);
        Files.writeString(index,
                "\uFEFF" + map.replace("{\"metadata\"", "{\"x\":[{},{\"weight_map\":{}}],\"metadata\""));
        assertSameModel();
    }

    /** A tree of it all would take 40 times its size. */
    @Test
    void passesOverALargeIndexWithoutKeepingIt() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        String map = Files.readString(index);
        Files.writeString(index,
                map.replace("{\"metadata\"", "{\"x\":[" + "{},".repeat(4_000_000) + "{}],\"metadata\""));
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        try (Checkpoint checkpoint = Checkpoint.open(index)) {
            assertEquals(model.tensors.keySet(), checkpoint.tensorNames());
        }
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < 120L << 20, () -> allocated + " bytes");
    }

    @Test
    void refusesMoreShardsThanAnyModelHas() throws IOException {
        for (int i = 0; i < 5000; i++) {
            weightMap.put("t" + i, i + ".safetensors");
        }
        assertEquals(writeIndex() + ": weight_map: expected at most 4096 files, found 5003", refusal());
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
