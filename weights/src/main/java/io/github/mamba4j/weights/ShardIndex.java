package io.github.mamba4j.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.file.FileNames;
import io.github.mamba4j.weights.file.InputFile;
import io.github.mamba4j.weights.file.Json;
import io.github.mamba4j.weights.file.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The index of a checkpoint in several files: a JSON object whose {@code weight_map} says for each tensor which file of
 * the same folder holds it.
 */
final class ShardIndex {
    private static final int MAX_BYTES = 1 << 24;

    private ShardIndex() {}

    /**
     * Maps all files that the index names.
     *
     * @param index the index
     * @param arena how long the mapping lives
     */
    static WeightFiles map(Path index, Arena arena) throws IOException {
        Map<String, WeightFiles> shards = new LinkedHashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, String> entry : weightMap(index).entrySet()) {
            String name = entry.getKey();
            WeightFiles shard = shards.get(entry.getValue());
            if (shard == null) {
                shard = mapShard(index, name, entry.getValue(), arena);
                shards.put(entry.getValue(), shard);
            }
            Tensor tensor = shard.tensors().get(name);
            if (tensor == null) {
                throw new CheckpointException(shard.location() + ": tensor '" + name + "' is missing; expected it by "
                        + index.getFileName());
            }
            tensors.put(name, tensor);
        }
        List<String> files = new ArrayList<>();
        long bytes = 0;
        for (WeightFiles shard : shards.values()) {
            files.addAll(shard.fileNames());
            bytes += shard.fileBytes();
        }
        return new WeightFiles(index.toString(), tensors, files, bytes);
    }

    private static WeightFiles mapShard(Path index, String tensor, String file, Arena arena) throws IOException {
        // Links in the folder may lead out of it, as in the cache of the hub; names that others wrote may not.
        if (!FileNames.isPlain(file) || !WeightFiles.isShard(file)) {
            throw new CheckpointException(index + ": weight_map, '" + tensor
                    + "': expected a file of weights in the same folder, found '" + file + "'");
        }
        Path shard = index.resolveSibling(file);
        if (!Files.exists(shard)) {
            throw new CheckpointException(shard + ": no such file; expected it by " + index.getFileName());
        }
        return WeightFiles.map(shard, arena);
    }

    private static Map<String, String> weightMap(Path index) throws IOException {
        JsonNode root;
        try (InputStream in = InputFile.read(index)) {
            root = Json.readObject(index.toString(), in, MAX_BYTES);
        }
        JsonNode map = root.path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw new CheckpointException(index + ": weight_map: expected an object with tensors, found "
                    + (map.isObject() ? "an empty one" : "none"));
        }
        Map<String, String> files = LinkedHashMap.newLinkedHashMap(map.size());
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            if (!entry.getValue().isTextual()) {
                throw new CheckpointException(index + ": weight_map, '" + entry.getKey()
                        + "': expected the name of a file, found " + Json.shown(entry.getValue()));
            }
            files.put(entry.getKey(), entry.getValue().textValue());
        }
        return files;
    }
}
