package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The model that comes with the library is a trained one: what the reference implementation says with it, we say. */
class ShippedModelTest {
    private static MambaModel model;
    private static JsonNode expected;

    @BeforeAll
    static void load() throws IOException {
        model = MambaModel.shipped();
        try (InputStream in = model.files().open("expected.json").orElseThrow()) {
            expected = new ObjectMapper().readTree(in);
        }
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @Test
    void greedyStoriesAreTheReferences() {
        JsonNode stories = expected.get("greedy");
        assertTrue(stories.size() >= 4);
        for (JsonNode story : stories) {
            int[] continuation = ints(story.get("greedy_token_ids"));
            int[] found = TestModels.greedy(model, ints(story.get("prompt_token_ids")), continuation.length);
            assertArrayEquals(continuation, found, story.get("prompt").asText());
        }
    }

    @Test
    void logProbabilitiesOfATextAreTheReferences() {
        int[] ids = ints(expected.at("/scored/token_ids"));
        var batch = new Batch();
        batch.add(model.newState(), ids, 0, ids.length - 1, LogitsFor.ALL);
        model.forward(batch);
        double sum = 0;
        for (int t = 0; t < ids.length - 1; t++) {
            double found = LogProbabilities.of(batch.logits(), batch.logitsOffset(0, t), model.config().vocabSize(),
                    ids[t + 1]);
            assertEquals(expected.at("/scored/logprobs").get(t).asDouble(), found, 5e-4, "token " + (t + 1));
            sum += found;
        }
        assertEquals(expected.at("/scored/mean_nll").asDouble(), -sum / (ids.length - 1), 1e-4);
    }

    private static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }
}
