package io.github.mamba4j.weights.file.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** The files that the index of a checkpoint in parts names. */
final class ShardNames {
    private static final int MAX_BYTES = 1 << 24;
    private static final int MAX_SHARDS = 10_000;

    private ShardNames() {}

    /**
     * Reads an index.
     *
     * @param index the file
     * @return plain names of files, in the order of the index
     */
    static Set<String> read(Path index) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(index)) {
            content = in.readNBytes(MAX_BYTES + 1);
        }
        if (content.length > MAX_BYTES) {
            throw new HubException(index + ": expected at most " + MAX_BYTES + " bytes, found more");
        }
        JsonNode map = HubJson.read(index.toString(), content).path("weight_map");
        Set<String> names = new LinkedHashSet<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            names.add(checked(index, entry.getValue()));
        }
        if (names.isEmpty() || names.size() > MAX_SHARDS) {
            throw new HubException(index + ": weight_map: expected 1 to " + MAX_SHARDS + " files, found "
                    + names.size());
        }
        return names;
    }

    private static String checked(Path index, JsonNode value) throws HubException {
        String name = value.isTextual() ? value.textValue() : "";
        if (name.startsWith(".") || !name.matches("[\\w.+-]{1,255}\\.(safetensors|bin)")) {
            throw new HubException(index + ": weight_map: expected the name of a file of weights, found '" + name
                    + "'");
        }
        return name;
    }
}
