package io.github.mamba4j.engine.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mamba4j.engine.MambaModel;
import java.io.IOException;
import java.io.InputStream;

/** What the reference implementation computed for the shipped model. */
final class Expected {
    private Expected() {}

    static JsonNode read(MambaModel model) throws IOException {
        try (InputStream in = model.files().open("expected.json").orElseThrow()) {
            return new ObjectMapper().readTree(in);
        }
    }

    static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.get(i).intValue();
        }
        return ints;
    }
}
