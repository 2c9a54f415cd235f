package io.github.mamba4j.weights.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.bind.Source.Slice;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.AttentionConfig.Pairing;
import io.github.mamba4j.weights.config.AttentionConfig.Rope;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations of families that mix attention and state spaces, and the names of their tensors. */
class HybridsTest {
    private static final String GRANITE = "\"model_type\":\"granitemoehybrid\",\"vocab_size\":100,"
            + "\"hidden_size\":64,\"num_hidden_layers\":3,\"num_attention_heads\":8,\"num_key_value_heads\":2,"
            + "\"num_local_experts\":0,\"mamba_n_heads\":4,\"shared_intermediate_size\":48,"
            + "\"intermediate_size\":7";
    private static final String JAMBA = "\"model_type\":\"jamba\",\"vocab_size\":100,\"hidden_size\":64,"
            + "\"num_hidden_layers\":3,\"num_attention_heads\":8,\"num_key_value_heads\":2,\"num_experts\":1,"
            + "\"intermediate_size\":48,\"attn_layer_period\":3,\"attn_layer_offset\":1";
    private static final String BAMBA = "\"model_type\":\"bamba\",\"vocab_size\":100,\"hidden_size\":64,"
            + "\"num_hidden_layers\":3,\"num_attention_heads\":8,\"num_key_value_heads\":2,\"mamba_n_heads\":4,"
            + "\"intermediate_size\":48,\"attn_layer_indices\":[2]";
    private static final String OLD_WORDS = ",\"layer_types\":[\"mamba\",\"attention\",\"mamba\"]";

    private static Description read(String settings) throws IOException {
        byte[] json = ("{" + settings + "}").getBytes(StandardCharsets.UTF_8);
        return Families.read("config.json", new ByteArrayInputStream(json));
    }

    private static MixerConfig mixer(Description read, int block) {
        return read.config().blocks().get(block).mixer();
    }

    private static Source source(Description read, String canonical) {
        return read.naming().sources(canonical).getFirst();
    }

    @Test
    void readsGranite() throws IOException {
        Description read = read(GRANITE + OLD_WORDS + ",\"embedding_multiplier\":12,\"logits_scaling\":4,"
                + "\"residual_multiplier\":0.5,\"attention_multiplier\":0.25,\"rms_norm_eps\":1e-5,"
                + "\"max_position_embeddings\":4096,\"tie_word_embeddings\":true");
        assertEquals(new Multipliers(12, 0.25f), read.config().multipliers());
        assertEquals(6, read.config().blocks().size());
        assertEquals(new Mamba2Config(4, 32, 1, 256, 4, false, true, 0, Float.POSITIVE_INFINITY,
                new GatedNorm(Order.GATE_FIRST, 1, 1e-5f)), mixer(read, 0));
        assertEquals(AttentionConfig.of(8, 2, 8).withScale(0.25f).withMaxPositions(4096), mixer(read, 2));
        assertEquals(new MlpConfig(48, MlpConfig.Kind.SWIGLU, false), mixer(read, 3));
        assertTrue(read.config().blocks().stream().allMatch(block -> block.residualScale() == 0.5f));
        assertTrue(read.config().tied());
    }

    /** Absent, null and nope mean none; both generations name the base. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"'' | 0", ",\"position_embedding_type\":null | 0",
            ",\"position_embedding_type\":\"nope\",\"rope_theta\":500 | 0",
            ",\"position_embedding_type\":\"rope\" | 10000",
            ",\"position_embedding_type\":\"rope\",\"rope_theta\":500,\"rope_scaling\":null | 500",
            ",\"position_embedding_type\":\"rope\",\"rope_parameters\":{\"rope_theta\":1e11} | 1e11"})
    void findsPositions(String settings, double theta) throws IOException {
        var attention = (AttentionConfig) mixer(read(GRANITE + OLD_WORDS + settings), 2);
        assertEquals(theta == 0 ? Optional.empty() : Optional.of(new Rope(8, theta, Pairing.HALVES)),
                attention.rope());
    }

    @Test
    void readsTheWordsOfBothGenerations() throws IOException {
        Description old = read(GRANITE + OLD_WORDS);
        assertEquals(old.config(), read(GRANITE
                + ",\"layer_types\":[\"linear_attention\",\"full_attention\",\"linear_attention\"]").config());
        assertEquals(old.config(), read(GRANITE + OLD_WORDS.replace("layer_types", "layers_block_type")).config());
        assertTrue(mixer(read(GRANITE), 2) instanceof Mamba2Config, "without a list all layers are Mamba-2");
    }

    @Test
    void findsTheTensorsOfGranite() throws IOException {
        Description read = read(GRANITE + OLD_WORDS);
        assertEquals(Source.of("model.embed_tokens.weight"), source(read, "embedding.weight"));
        assertEquals(Source.of("model.norm.weight"), source(read, "norm_f.weight"));
        assertEquals(Source.of("model.layers.1.input_layernorm.weight"), source(read, "layers.1.norm.weight"));
        assertEquals(Source.of("model.layers.1.self_attn.o_proj.weight"),
                source(read, "layers.1.mixer.out_proj.weight"));
        assertEquals(Source.of("model.layers.0.mamba.out_proj.weight"),
                source(read, "layers.0.mixer.out_proj.weight"));
        assertEquals(Source.of("model.layers.0.mamba.A_log").with(Source.Values.NEGATIVE_EXP),
                source(read, "layers.0.mixer.A"));
        assertEquals(Source.of("model.layers.0.shared_mlp.input_linear.weight").cut(new Slice(48, 96)),
                source(read, "layers.0.ffn.up_proj.weight"));
    }

    @Test
    void readsJamba() throws IOException {
        Description read = read(JAMBA + ",\"mamba_dt_rank\":\"auto\"");
        assertEquals(new Mamba1Config(128, 16, 4, 4, false, true, Optional.of(new InnerNorm(1e-6f, true))),
                mixer(read, 0));
        assertEquals(AttentionConfig.of(8, 2, 8), mixer(read, 2));
        assertEquals(new MlpConfig(48, MlpConfig.Kind.SWIGLU, false), mixer(read, 5));
        assertFalse(read.config().tied());
        assertEquals(List.of("model.layers.0.mamba.b_layernorm.weight", "model.layers.0.mamba.B_layernorm.weight"),
                read.naming().sources("layers.0.mixer.B_norm.weight").stream().map(Source::tensor).toList());
        assertEquals(Source.of("model.final_layernorm.weight"), source(read, "norm_f.weight"));
    }

    /** Half of a head is rotated whatever the configuration says. */
    @Test
    void readsBamba() throws IOException {
        Description read = read(BAMBA + ",\"mlp_bias\":true,\"partial_rotary_factor\":0.25");
        assertEquals(AttentionConfig.of(8, 2, 8).withRope(new Rope(4, 10000, Pairing.HALVES)), mixer(read, 4));
        assertEquals(new MlpConfig(48, MlpConfig.Kind.SWIGLU, true), mixer(read, 5));
        assertTrue(mixer(read, 2) instanceof Mamba2Config);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "granite | ,\"num_local_experts\":4 | num_local_experts: expected 0, since experts are not supported",
            "granite | ,\"layer_types\":[\"mamba\"] | layer_types: expected a kind for each of 3 layers, found 1",
            "granite | ,\"layer_types\":[\"mamba\",\"conv\",1] | layer_types: expected mamba, linear_attention",
            "granite | ,\"position_embedding_type\":\"alibi\" | position_embedding_type: expected nope or rope",
            "granite | ,\"position_embedding_type\":\"rope\",\"rope_scaling\":{\"type\":\"yarn\"} | rope_scaling.type: "
                    + "expected default, found yarn",
            "granite | ,\"num_attention_heads\":7 | num_attention_heads: expected a divisor of hidden_size 64, found 7",
            "granite | ,\"num_attention_heads\":0 | num_attention_heads: expected 1 or more, found 0",
            "granite | ,\"num_key_value_heads\":3 | expected attention heads that are a multiple of 3",
            "granite | ,\"mamba_n_heads\":5 | mamba_n_heads: expected heads of mamba_d_head",
            "granite | ,\"num_hidden_layers\":2000000000 | expected the number of blocks of 1 to 8192, found",
            "granite | ,\"logits_scaling\":0 | expected a finite logits multiplier, found Infinity",
            "jamba | ,\"num_experts\":16 | num_experts: expected 1, since experts are not supported, found 16",
            "jamba | ,\"attn_layer_period\":0 | attn_layer_period: expected 1 or more, found 0",
            "jamba | ,\"sliding_window\":4096 | sliding_window: expected none",
            "bamba | ,\"attn_layer_indices\":[3] | attn_layer_indices: expected numbers of layers, 0 to 2, found 3",
            "bamba | ,\"intermediate_size\":0 | expected width of an MLP of 1 to 262144, found 0",
            "bamba | ,\"rope_theta\":-1 | expected a positive rope theta, found -1.0"})
    void refusesWhatIsWrongByName(String family, String settings, String message) {
        String base = switch (family) {
            case "granite" -> GRANITE;
            case "jamba" -> JAMBA;
            default -> BAMBA;
        };
        // A setting is said once.
        String key = settings.substring(1, settings.indexOf(':'));
        String without = base.replaceAll(",?" + key + ":(\\[[^\\]]*]|[^,]*)", "");
        var e = assertThrows(CheckpointException.class, () -> read(without + settings));
        assertTrue(e.getMessage().startsWith("config.json: " + message), e.getMessage());
    }
}
