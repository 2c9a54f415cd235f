package io.github.mamba4j.engine.generate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which keys of a {@code generation_config.json} would change the text, and are not obeyed. */
final class GenerationConfigKeys {
    private static final Set<String> OBEYED = Set.of("do_sample", "temperature", "top_k", "top_p", "min_p", "typical_p",
            "epsilon_cutoff", "eta_cutoff", "num_beams", "length_penalty", "early_stopping", "max_length",
            "max_new_tokens", "min_length", "min_new_tokens", "repetition_penalty", "no_repeat_ngram_size",
            "eos_token_id", "stop_strings", "max_time", "suppress_tokens", "begin_suppress_tokens", "bad_words_ids",
            "sequence_bias", "forced_bos_token_id", "forced_eos_token_id", "exponential_decay_length_penalty");

    /** Keys that change no text of a model without an encoder: how it is run, and what else is returned. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("pad_token_id", "bos_token_id", "decoder_start_token_id",
            "use_cache", "cache_implementation",
            "cache_config", "max_cache_len", "return_legacy_cache", "prefill_chunk_size", "output_attentions",
            "output_hidden_states", "output_scores", "output_logits", "return_dict_in_generate", "is_assistant",
            "num_assistant_tokens", "num_assistant_tokens_schedule", "assistant_confidence_threshold",
            "assistant_early_exit", "assistant_lookbehind", "target_lookbehind", "prompt_lookup_num_tokens",
            "max_matching_ngram_size", "speculation_type", "use_mtp", "compile_config", "disable_compile",
            "continuous_batching_config", "low_memory", "transformers_version", "trust_remote_code");

    /** What other keys say when they ask for nothing. */
    private static final Map<String, Double> IDLE_NUMBERS = Map.of("encoder_repetition_penalty", 1.0,
            "encoder_no_repeat_ngram_size", 0.0, "guidance_scale", 1.0, "num_return_sequences", 1.0,
            "num_beam_groups", 1.0, "diversity_penalty", 0.0, "penalty_alpha", 0.0, "assistant_ensemble_weight", 0.0);

    private GenerationConfigKeys() {}

    /** The names of all keys that ask for what is not done. */
    static List<String> unsupported(JsonNode config) {
        List<String> names = new ArrayList<>();
        config.properties().forEach(property -> {
            String key = property.getKey();
            JsonNode value = property.getValue();
            if (!OBEYED.contains(key) && !WITHOUT_EFFECT.contains(key) && !key.startsWith("_") && asks(key, value)) {
                names.add(key.length() > 60 ? key.substring(0, 60) + "..." : key);
            }
        });
        if (config.path("do_sample").asBoolean() && config.path("num_beams").asInt(1) > 1) {
            names.add("num_beams together with do_sample");
        }
        if (config.path("early_stopping").isTextual()) {
            names.add("early_stopping " + (config.get("early_stopping").textValue().equals("never")
                    ? "never"
                    : "of another type"));
        }
        return names;
    }

    private static boolean asks(String key, JsonNode value) {
        boolean idle = value.isNull() || value.isBoolean() && !value.booleanValue()
                || value.isNumber() && IDLE_NUMBERS.containsKey(key) && value.doubleValue() == IDLE_NUMBERS.get(key);
        return !idle;
    }
}
