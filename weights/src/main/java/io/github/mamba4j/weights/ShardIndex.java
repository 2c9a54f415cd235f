package io.github.mamba4j.weights;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
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
 * the same folder holds it. What counts is which files there are: a tensor that a file lacks, as that of a tied head, is
 * not missing until somebody asks for it, and one that the index does not name is there all the same.
 */
final class ShardIndex {
    private static final int MAX_BYTES = 1 << 24;
    /** Each takes a mapping of the process, of which Linux allows 65,530. */
    private static final int MAX_SHARDS = 1 << 12;
    private static final int MAX_TENSORS = 1 << 18;

    private ShardIndex() {}

    /**
     * Maps all files that the index names.
     *
     * @param index the index
     * @param arena how long the mapping lives
     */
    static WeightFiles map(Path index, Arena arena) throws IOException {
        Map<String, String> weightMap = weightMap(index);
        Map<String, String> firstTensors = new LinkedHashMap<>();
        weightMap.forEach((tensor, file) -> firstTensors.putIfAbsent(file, tensor));
        if (firstTensors.size() > MAX_SHARDS) {
            throw new CheckpointException(index + ": weight_map: expected at most " + MAX_SHARDS + " files, found "
                    + firstTensors.size());
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<String> files = new ArrayList<>();
        long bytes = 0;
        for (Map.Entry<String, String> file : firstTensors.entrySet()) {
            WeightFiles shard = mapShard(index, file.getValue(), file.getKey(), arena);
            files.addAll(shard.fileNames());
            bytes += shard.fileBytes();
            for (Tensor tensor : shard.tensors().values()) {
                // One that is in several files is where the index says.
                if (!tensors.containsKey(tensor.name()) || file.getKey().equals(weightMap.get(tensor.name()))) {
                    tensors.put(tensor.name(), tensor);
                }
            }
            if (tensors.size() > MAX_TENSORS) {
                throw new CheckpointException(index + ": expected at most " + MAX_TENSORS + " tensors, found more");
            }
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

    /** The files by the names of tensors. */
    private static Map<String, String> weightMap(Path index) throws IOException {
        Map<String, String> files;
        try (InputStream in = InputFile.read(index)) {
            files = Json.stream(index.toString(), in, MAX_BYTES, json -> weightMap(index, json));
        }
        if (files == null || files.isEmpty()) {
            throw new CheckpointException(index + ": weight_map: expected an object with tensors, found "
                    + (files == null ? "none" : "an empty one"));
        }
        return files;
    }

    /** Passes over all that is not wanted without keeping it. */
    private static Map<String, String> weightMap(Path index, JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw new CheckpointException(index + ": expected a JSON object, found "
                    + (json.currentToken() == null ? "nothing" : "another value"));
        }
        Map<String, String> files = null;
        while (json.nextToken() != JsonToken.END_OBJECT) {
            boolean wanted = json.currentName().equals("weight_map");
            if (json.nextToken() == JsonToken.START_OBJECT && wanted) {
                files = files(index, json);
            } else {
                json.skipChildren();
            }
        }
        return files;
    }

    private static Map<String, String> files(Path index, JsonParser json) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        // Equal names are one string: there are many tensors and few files.
        Map<String, String> names = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String tensor = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw new CheckpointException(index + ": weight_map, '" + tensor
                        + "': expected the name of a file, found another value");
            }
            String file = json.getText().startsWith("./") ? json.getText().substring(2) : json.getText();
            files.put(tensor, names.computeIfAbsent(file, name -> name));
        }
        return files;
    }
}
