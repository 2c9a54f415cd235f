package io.github.mamba4j.engine.generate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what a checkpoint's {@code generation_config.json} recommends, under the names that transformers uses. */
final class GenerationConfigReader {
    private static final String FILE_NAME = "generation_config.json";
    private static final int MAX_BYTES = 1 << 20;
    private static final List<String> SAMPLING = List.of("do_sample", "temperature", "top_k", "top_p", "min_p",
            "typical_p");

    private final String location;
    private final JsonNode config;

    private GenerationConfigReader(String location, JsonNode config) {
        this.location = location;
        this.config = config;
    }

    static GenerationOptions read(ModelFiles files) throws IOException {
        String location = files.location() + "/" + FILE_NAME;
        Optional<InputStream> file = files.open(FILE_NAME);
        if (file.isEmpty()) {
            return GenerationOptions.defaults();
        }
        try (InputStream in = file.get()) {
            JsonNode config = JsonMapper.builder().build().readTree(in.readNBytes(MAX_BYTES));
            if (!config.isObject()) {
                throw new CheckpointException(location + ": expected a JSON object, found " + config.getNodeType());
            }
            return new GenerationConfigReader(location, config).options();
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new CheckpointException(location + ": the JSON cannot be read: " + problem, e);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(location + ": " + e.getMessage(), e);
        }
    }

    private GenerationOptions options() throws CheckpointException {
        GenerationOptions.Builder options = GenerationOptions.builder();
        if (SAMPLING.stream().anyMatch(config::hasNonNull)) {
            boolean greedy = config.hasNonNull("do_sample") && !config.path("do_sample").asBoolean();
            options.temperature(greedy ? 0 : number("temperature", 1)).topK((int) number("top_k", 0))
                    .topP(number("top_p", 1)).minP(number("min_p", 0)).typicalP(number("typical_p", 1));
        }
        options.repetitionPenalty(number("repetition_penalty", 1))
                .noRepeatNgram((int) number("no_repeat_ngram_size", 0))
                .minNewTokens((int) number("min_new_tokens", 0))
                .maxNewTokens((int) number("max_new_tokens", GenerationOptions.defaults().maxNewTokens()));
        List<Integer> eos = new ArrayList<>();
        JsonNode ids = config.path("eos_token_id");
        for (JsonNode id : ids.isArray() ? ids : List.of(ids)) {
            if (id.canConvertToInt() && id.intValue() >= 0) {
                eos.add(id.intValue());
            } else if (!id.isMissingNode() && !id.isNull()) {
                throw new CheckpointException(location + ": eos_token_id: expected token ids, found " + id);
            }
        }
        return options.eosTokenIds(eos).build();
    }

    private double number(String name, double otherwise) throws CheckpointException {
        JsonNode value = config.path(name);
        if (value.isNull() || value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw new CheckpointException(location + ": " + name + ": expected a number, found " + value);
        }
        return value.doubleValue();
    }
}
