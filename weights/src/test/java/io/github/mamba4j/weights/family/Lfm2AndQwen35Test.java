package io.github.mamba4j.weights.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.bind.Source.Values;
import io.github.mamba4j.weights.config.AttentionConfig;
import io.github.mamba4j.weights.config.AttentionConfig.Pairing;
import io.github.mamba4j.weights.config.AttentionConfig.QkNorm;
import io.github.mamba4j.weights.config.AttentionConfig.Rope;
import io.github.mamba4j.weights.config.DeltaConfig;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.MlpConfig;
import io.github.mamba4j.weights.config.ShortConvConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations of LFM2 and Qwen3.5, and the names of their tensors. */
class Lfm2AndQwen35Test {
    private static final String LFM2 = "\"model_type\":\"lfm2\",\"vocab_size\":100,\"hidden_size\":64,"
            + "\"num_hidden_layers\":3,\"num_attention_heads\":8,\"num_key_value_heads\":2";
    private static final String LFM2_LAYERS = ",\"full_attn_idxs\":[1]";
    private static final String QWEN35_TEXT = "\"vocab_size\":100,\"hidden_size\":64,\"num_hidden_layers\":4,"
            + "\"num_attention_heads\":8,\"num_key_value_heads\":2,\"head_dim\":16,\"intermediate_size\":48,"
            + "\"linear_num_key_heads\":2,\"linear_num_value_heads\":6,\"linear_key_head_dim\":8,"
            + "\"linear_value_head_dim\":4";

    private static Description read(String settings) throws IOException {
        byte[] json = ("{" + settings + "}").getBytes(StandardCharsets.UTF_8);
        return Families.read("config.json", new ByteArrayInputStream(json));
    }

    private static String qwen35(String inText) {
        return "\"model_type\":\"qwen3_5\",\"text_config\":{" + QWEN35_TEXT + inText + "},\"vision_config\":{}";
    }

    private static MixerConfig mixer(Description read, int block) {
        return read.config().blocks().get(block).mixer();
    }

    private static List<Source> sources(Description read, String canonical) {
        return read.naming().sources(canonical);
    }

    @Test
    void readsLfm2() throws IOException {
        Description read = read(LFM2 + LFM2_LAYERS + ",\"norm_eps\":1e-6,\"max_position_embeddings\":128000");
        assertEquals(6, read.config().blocks().size());
        assertEquals(new ShortConvConfig(64, 3, false), mixer(read, 0));
        assertEquals(AttentionConfig.of(8, 2, 8).withQkNorm(new QkNorm(1e-6f))
                .withRope(new Rope(8, 1e6, Pairing.HALVES)).withMaxPositions(128000), mixer(read, 2));
        assertEquals(new ShortConvConfig(64, 3, false), mixer(read, 4));
        assertTrue(read.config().tied());
    }

    /** The layers of all generations, and the older name of the tied head. */
    @Test
    void readsBothGenerationsOfLfm2() throws IOException {
        Description old = read(LFM2 + LFM2_LAYERS + ",\"tie_embedding\":false,\"rope_theta\":5");
        String kinds = ",\"layer_types\":[\"conv\",\"full_attention\",\"conv\"],\"full_attn_idxs\":null";
        assertEquals(old.config(), read(LFM2 + kinds
                + ",\"tie_word_embeddings\":false,\"rope_parameters\":{\"rope_theta\":5}").config());
        assertFalse(old.config().tied());
        Description all = read(LFM2);
        assertTrue(mixer(all, 0) instanceof AttentionConfig, "without either list all layers are attention");
    }

    /** Published: 350M, 1.2B as its authors wrote it and as it was saved again, and 2.6B. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "\"block_ff_dim\":6656 | 4608",
            "\"block_ff_dim\":12288,\"block_auto_adjust_ff_dim\":true,\"intermediate_size\":8192 | 8192",
            "\"block_ff_dim\":12288,\"intermediate_size\":12288 | 8192",
            "\"intermediate_size\":12288 | 8192",
            "\"intermediate_size\":10752,\"block_auto_adjust_ff_dim\":false | 10752",
            "\"intermediate_size\":96,\"block_multiple_of\":16 | 64",
            "\"intermediate_size\":100,\"block_multiple_of\":7,\"block_ffn_dim_multiplier\":1.5 | 105"})
    void findsTheWidthOfTheMlps(String settings, int width) throws IOException {
        assertEquals(new MlpConfig(width, MlpConfig.Kind.SWIGLU, false), mixer(read(LFM2 + "," + settings), 1));
    }

    @ParameterizedTest
    @CsvSource({"embedding.weight, model.embed_tokens.weight", "norm_f.weight, model.embedding_norm.weight",
            "layers.0.norm.weight, model.layers.0.operator_norm.weight",
            "layers.0.ffn_norm.weight, model.layers.0.ffn_norm.weight",
            "layers.0.mixer.conv1d.bias, model.layers.0.conv.conv.bias",
            "layers.0.mixer.in_proj.weight, model.layers.0.conv.in_proj.weight",
            "layers.1.mixer.q_norm.weight, model.layers.1.self_attn.q_layernorm.weight",
            "layers.1.mixer.out_proj.weight, model.layers.1.self_attn.out_proj.weight",
            "layers.1.ffn.gate_proj.weight, model.layers.1.feed_forward.w1.weight",
            "layers.1.ffn.down_proj.weight, model.layers.1.feed_forward.w2.weight",
            "layers.1.ffn.up_proj.weight, model.layers.1.feed_forward.w3.weight"})
    void findsTheTensorsOfLfm2(String canonical, String stored) throws IOException {
        assertEquals(Source.of(stored), sources(read(LFM2 + LFM2_LAYERS), canonical).getFirst());
    }

    @Test
    void readsQwen35() throws IOException {
        Description read = read(qwen35(",\"rms_norm_eps\":1e-5") + ",\"tie_word_embeddings\":true");
        var delta = new DeltaConfig(2, 6, 8, 4, 4, 1e-5f);
        assertEquals(24, delta.valueWidth());
        assertEquals(56, delta.convChannels());
        for (int block : new int[]{0, 2, 4}) {
            assertEquals(delta, mixer(read, block));
        }
        assertEquals(AttentionConfig.of(8, 2, 16).withQkNorm(new QkNorm(1e-5f)).withOutputGate(true)
                .withRope(new Rope(4, 1e7, Pairing.HALVES)), mixer(read, 6));
        assertEquals(new MlpConfig(48, MlpConfig.Kind.SWIGLU, false), mixer(read, 7));
        assertTrue(read.config().tied());
        assertEquals(read.config().blocks(),
                read("\"model_type\":\"qwen3_5_text\"," + QWEN35_TEXT + ",\"rms_norm_eps\":1e-5").config().blocks());
    }

    @Test
    void findsTheLayersOfQwen35() throws IOException {
        Description everySecond = read(qwen35(",\"full_attention_interval\":2"));
        assertTrue(mixer(everySecond, 2) instanceof AttentionConfig);
        String kinds = "[\"linear_attention\",\"full_attention\",\"linear_attention\",\"full_attention\"]";
        assertEquals(everySecond.config(), read(qwen35(",\"layer_types\":" + kinds)).config());
        Description rope = read(qwen35(",\"rope_parameters\":{\"rope_theta\":100,\"partial_rotary_factor\":0.5,"
                + "\"mrope_interleaved\":true}"));
        assertEquals(new Rope(8, 100, Pairing.HALVES), ((AttentionConfig) mixer(rope, 6)).rope().orElseThrow());
    }

    /** All norms are around 0 but that of the delta nets' heads. */
    @ParameterizedTest
    @CsvSource({"embedding.weight, embed_tokens.weight, SAME", "norm_f.weight, norm.weight, PLUS_ONE",
            "layers.0.norm.weight, layers.0.input_layernorm.weight, PLUS_ONE",
            "layers.0.ffn_norm.weight, layers.0.post_attention_layernorm.weight, PLUS_ONE",
            "layers.0.mixer.norm.weight, layers.0.linear_attn.norm.weight, SAME",
            "layers.0.mixer.A, layers.0.linear_attn.A_log, NEGATIVE_EXP",
            "layers.0.mixer.in_proj_qkv.weight, layers.0.linear_attn.in_proj_qkv.weight, SAME",
            "layers.3.mixer.q_norm.weight, layers.3.self_attn.q_norm.weight, PLUS_ONE",
            "layers.3.mixer.k_norm.weight, layers.3.self_attn.k_norm.weight, PLUS_ONE",
            "layers.3.mixer.out_proj.weight, layers.3.self_attn.o_proj.weight, SAME",
            "layers.3.ffn.up_proj.weight, layers.3.mlp.up_proj.weight, SAME"})
    void findsTheTensorsOfQwen35(String canonical, String stored, Values values) throws IOException {
        List<Source> found = sources(read(qwen35("")), canonical);
        assertEquals(Source.of("model.language_model." + stored).with(values), found.get(0));
        assertEquals(Source.of("model." + stored).with(values), found.get(1), "where the text model was saved alone");
    }

    @Test
    void leavesTheRestOfQwen35Alone() throws IOException {
        Description read = read(qwen35(""));
        assertEquals(List.of(Source.of("lm_head.weight")), sources(read, "lm_head.weight"));
        assertTrue(read.naming().ignores("model.visual.patch_embed.proj.weight"));
        assertTrue(read.naming().ignores("mtp.fc.weight"));
        assertFalse(read.naming().ignores("model.language_model.layers.9.mlp.up_proj.weight"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "\"layer_types\":[\"conv\"] | layer_types: expected a kind for each of 3 layers, found 1 kinds",
            "\"layer_types\":[\"conv\",\"mamba\",\"conv\"] | layer_types: expected conv or full_attention, found",
            "\"full_attn_idxs\":[3] | full_attn_idxs: expected numbers of layers, 0 to 2, found 3",
            "\"full_attn_idxs\":[-1] | full_attn_idxs: expected numbers of layers, 0 to 2, found -1",
            "\"block_multiple_of\":0 | block_multiple_of: expected 1 or more, found 0",
            "\"block_ffn_dim_multiplier\":1e300 | expected width of an MLP of 1 to 262144, found 2147483647",
            "\"block_ff_dim\":0 | expected width of an MLP of 1 to 262144, found 0",
            "\"conv_L_cache\":0 | expected taps of 1 to 4096, found 0",
            "\"rope_scaling\":{\"type\":\"yarn\"} | rope_scaling.type: expected default, found yarn"})
    void refusesWhatIsWrongInLfm2ByName(String settings, String message) {
        var e = assertThrows(CheckpointException.class, () -> read(LFM2 + "," + settings));
        assertTrue(e.getMessage().startsWith("config.json: " + message), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "\"full_attention_interval\":0 | text_config.full_attention_interval: expected 1 or more, found 0",
            "\"linear_num_value_heads\":5 | expected key heads that divide 5 value heads, found 2",
            "\"linear_num_value_heads\":1 | expected key heads of 1 to 1, found 2",
            "\"linear_key_head_dim\":0 | expected keyDim of 1 to 4096, found 0",
            "\"linear_value_head_dim\":5000 | expected valueDim of 1 to 4096, found 5000",
            "\"linear_conv_kernel_dim\":0 | expected dConv of 1 to 4096, found 0",
            "\"hidden_act\":\"gelu\" | text_config.hidden_act: expected silu or swish, found gelu",
            "\"partial_rotary_factor\":2 | expected elements of a head that are rotated of 2 to 16, found 32",
            "\"rms_norm_eps\":0 | expected"})
    void refusesWhatIsWrongInQwen35ByName(String settings, String message) {
        String key = settings.substring(0, settings.indexOf(':'));
        String rest = qwen35("").replaceAll("," + key + ":[^,}]*", "");
        String changed = rest.replace("},\"vision_config\"", "," + settings + "},\"vision_config\"");
        var e = assertThrows(CheckpointException.class, () -> read(changed));
        assertTrue(e.getMessage().startsWith("config.json: " + message), e.getMessage());
    }
}
