package io.github.mamba4j.engine.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.Json;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What a checkpoint's {@code generation_config.json} recommends, under the names and with the meaning that transformers
 * gives them. A value that cannot be used is remembered by the builder, which fails unless something replaces it.
 * Immutable.
 */
final class GenerationConfigReader {
    private static final Logger LOG = System.getLogger(GenerationConfigReader.class.getName());
    private static final String FILE_NAME = "generation_config.json";
    private static final int MAX_BYTES = 1 << 20;

    /** What transformers takes where it samples and the file does not say. */
    private static final int TOP_K = 50;

    private final String location;
    private final Optional<JsonNode> config;

    private GenerationConfigReader(String location, Optional<JsonNode> config) {
        this.location = location;
        this.config = config;
    }

    /**
     * Reads the file, if there is one, and logs what of it is not supported.
     *
     * @throws CheckpointException if it is no JSON object
     */
    static GenerationConfigReader read(ModelFiles files) throws IOException {
        String location = files.location() + "/" + FILE_NAME;
        Optional<InputStream> file = files.open(FILE_NAME);
        if (file.isEmpty()) {
            return new GenerationConfigReader(location, Optional.empty());
        }
        try (InputStream in = file.get()) {
            JsonNode config = Json.readObject(location, withoutMark(in), MAX_BYTES);
            List<String> ignored = GenerationConfigKeys.unsupported(config);
            if (!ignored.isEmpty()) {
                LOG.log(Level.WARNING, location + ": not supported, and left out: " + String.join(", ", ignored));
            }
            return new GenerationConfigReader(location, Optional.of(config));
        }
    }

    /** The stream without a byte order mark in front. */
    private static InputStream withoutMark(InputStream in) throws IOException {
        var pushback = new PushbackInputStream(in, 3);
        byte[] start = pushback.readNBytes(3);
        boolean mark = start.length == 3 && start[0] == (byte) 0xEF && start[1] == (byte) 0xBB
                && start[2] == (byte) 0xBF;
        if (!mark) {
            pushback.unread(start);
        }
        return pushback;
    }

    /** The options, for more to be said. */
    GenerationOptionsBuilder builder() {
        return config.map(c -> new Reading(c).options()).orElseGet(GenerationOptions::builder);
    }

    /** The options; what is wrong is a message that begins with the file's name. */
    GenerationOptions build() {
        return builder().build();
    }

    /** The ids that end a text; none if the file has none that can be used. */
    List<Integer> eosTokenIds() {
        return builder().presentEosTokenIds();
    }

    /** One reading of the file into a builder. */
    private final class Reading {
        private final JsonValues values;
        private final GenerationOptionsBuilder options = GenerationOptions.builder();

        Reading(JsonNode config) {
            values = new JsonValues(config);
        }

        GenerationOptionsBuilder options() {
            sampling();
            lengths();
            take("repetition_penalty", "repetitionPenalty", (b, v) -> b.repetitionPenalty(JsonValues.number(v)));
            take("no_repeat_ngram_size", "noRepeatNgram", (b, v) -> b.noRepeatNgram(JsonValues.integer(v)));
            take("eos_token_id", "eosTokenIds", (b, v) -> b.eosTokenIds(JsonValues.oneOrMore(v)));
            take("stop_strings", "stop", (b, v) -> b.stop(JsonValues.texts(v)));
            take("max_time", "timeout",
                    (b, v) -> b.timeout(Duration.ofNanos((long) (1e9 * JsonValues.number(v)))));
            tokenRules();
            return options;
        }

        private void sampling() {
            boolean samples = values.is("do_sample");
            options.temperature(samples ? 1 : 0).topK(TOP_K).topP(1);
            if (samples) {
                take("temperature", "temperature", (b, v) -> b.temperature(JsonValues.number(v)));
            }
            take("top_k", "topK", (b, v) -> b.topK(JsonValues.integer(v)));
            take("top_p", "topP", (b, v) -> b.topP(JsonValues.number(v)));
            take("min_p", "minP", (b, v) -> b.minP(JsonValues.number(v)));
            take("typical_p", "typicalP", (b, v) -> b.typicalP(JsonValues.number(v)));
            take("epsilon_cutoff", "epsilonCutoff", (b, v) -> b.epsilonCutoff(JsonValues.number(v)));
            take("eta_cutoff", "etaCutoff", (b, v) -> b.etaCutoff(JsonValues.number(v)));
            if (!samples) {
                take("num_beams", "beams", (b, v) -> beams(b, JsonValues.integer(v)));
            }
        }

        private void beams(GenerationOptionsBuilder b, int beams) {
            if (beams != 1) {
                double penalty = values.has("length_penalty") ? JsonValues.number(values.get("length_penalty")) : 1;
                b.beams(new BeamOptions(beams, penalty, values.is("early_stopping")));
            }
        }

        /** Numbers of new tokens come last: where there are both, the others do not count. */
        private void lengths() {
            take("max_length", "maxLength", (b, v) -> b.maxLength(JsonValues.integer(v)));
            take("max_new_tokens", "maxNewTokens", (b, v) -> b.maxNewTokens(JsonValues.integer(v)));
            take("min_length", "minLength", (b, v) -> b.minLength(JsonValues.integer(v)));
            take("min_new_tokens", "minNewTokens", (b, v) -> b.minNewTokens(JsonValues.integer(v)));
        }

        private void tokenRules() {
            take("suppress_tokens", "banned", (b, v) -> b.bannedTokens(JsonValues.ids(v)));
            take("begin_suppress_tokens", "bannedAtStart",
                    (b, v) -> b.change(r -> r.withBannedAtStart(JsonValues.ids(v))));
            take("bad_words_ids", "badWords", (b, v) -> b.badWords(JsonValues.runs(v)));
            take("sequence_bias", "sequenceBias", (b, v) -> b.change(r -> r.withSequenceBias(JsonValues.biases(v))));
            take("forced_bos_token_id", "forcedBos", (b, v) -> b.change(r -> r.withForcedBos(JsonValues.integer(v))));
            take("forced_eos_token_id", "forcedEos", (b, v) -> b.change(r -> r.withForcedEos(JsonValues.oneOrMore(v))));
            take("exponential_decay_length_penalty", "lengthDecay",
                    (b, v) -> b.change(r -> r.withLengthDecay(JsonValues.decay(v))));
        }

        /** Sets a value, or remembers what is wrong with it. */
        private void take(String key, String name, BiConsumer<GenerationOptionsBuilder, JsonNode> setter) {
            if (!values.has(key)) {
                return;
            }
            JsonNode value = values.get(key);
            try {
                // First on its own, so that what is wrong is known to be wrong with this key.
                GenerationOptionsBuilder alone = GenerationOptions.builder();
                setter.accept(alone, value);
                alone.build();
                setter.accept(options, value);
            } catch (IllegalArgumentException e) {
                options.problem(name, location + ": " + key + ": " + e.getMessage().replaceFirst("^\\w+: ", ""));
            }
        }
    }
}
