package io.github.mamba4j.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mamba4j.weights.Checkpoint;
import java.io.IOException;
import java.io.InputStream;

/** What the reference implementation computed with the shipped model. */
final class Expected {
    private Expected() {}

    static JsonNode read() throws IOException {
        try (Checkpoint shipped = Checkpoint.shipped();
                InputStream in = shipped.files().open("expected.json").orElseThrow()) {
            return new ObjectMapper().readTree(in);
        }
    }
}
