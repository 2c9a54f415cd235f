package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.kernels.KernelChoice;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a generation_config.json does, and what the limits of sampling keep, against transformers 5.17.0: its
 * {@code generate} ran with a checkpoint of random weights and 30 configurations, its warpers with random logits.
 */
class GenerationConfigGoldenTest {
    private static final String FOLDER = "/golden/generation/";

    private static JsonNode golden;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = GenerationConfigGoldenTest.class.getResourceAsStream(FOLDER + "cases.json")) {
            golden = JsonMapper.builder().build().readTree(in);
        }
    }

    private static int[] ids(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    @Test
    void textsAreThoseOfTheReference(@TempDir Path folder) throws IOException {
        for (String file : List.of("config.json", "model.safetensors")) {
            try (InputStream in = GenerationConfigGoldenTest.class.getResourceAsStream(FOLDER + file)) {
                Files.copy(in, folder.resolve(file));
            }
        }
        int texts = 0;
        try (MambaModel model = MambaModel.load(folder)) {
            for (JsonNode text : golden.get("texts")) {
                Files.writeString(folder.resolve("generation_config.json"), text.get("generation_config").toString());
                try (TextGenerator generator = TextGenerator.of(model)) {
                    GenerationOptionsBuilder options = generator.optionsBuilder();
                    if (text.hasNonNull("max_new_tokens")) {
                        options.maxNewTokens(text.get("max_new_tokens").intValue());
                    }
                    GenerationResult result = generator.generate(GenerationRequest.builder(options.build())
                            .tokenIds(ids(text.get("prompt_token_ids"))).build());
                    assertArrayEquals(ids(text.get("expected_token_ids")), result.tokenIds(), text.toString());
                    texts++;
                }
            }
        }
        assertTrue(texts > 100);
    }

    @Test
    void limitsKeepTheTokensOfTheReference() {
        for (JsonNode limit : golden.get("limits")) {
            JsonNode o = limit.get("options");
            GenerationOptions options = GenerationOptions.builder().temperature(o.path("temperature").asDouble(1))
                    .topK(o.path("top_k").asInt(0)).topP(o.path("top_p").asDouble(1))
                    .minP(o.path("min_p").asDouble(0)).typicalP(o.path("typical_p").asDouble(1))
                    .epsilonCutoff(o.path("epsilon_cutoff").asDouble(0)).etaCutoff(o.path("eta_cutoff").asDouble(0))
                    .build();
            float[] logits = new float[limit.get("logits").size()];
            for (int i = 0; i < logits.length; i++) {
                logits[i] = limit.get("logits").get(i).floatValue();
            }
            Sampler sampler = new Sampler(KernelChoice.fromSystemProperty().load(), logits.length);
            sampler.process(logits, 0, List.of());
            sampler.choose(options, 0.5);
            Set<Integer> kept = new TreeSet<>();
            for (int i = 0; i < sampler.candidates().size(); i++) {
                kept.add(sampler.candidates().id(i));
            }
            Set<Integer> expected = new TreeSet<>();
            limit.get("kept").forEach(id -> expected.add(id.intValue()));
            assertEquals(expected, kept, o + " " + limit.get("logits"));
        }
    }
}
