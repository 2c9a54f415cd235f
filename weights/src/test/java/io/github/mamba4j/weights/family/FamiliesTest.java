package io.github.mamba4j.weights.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.Mamba1Config.InnerNorm;
import io.github.mamba4j.weights.config.Mamba2Config;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm;
import io.github.mamba4j.weights.config.Mamba2Config.GatedNorm.Order;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import io.github.mamba4j.weights.config.TokenIds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FamiliesTest {
    private static final String MINIMUM = "\"model_type\":\"mamba\",\"vocab_size\":100,\"hidden_size\":40,"
            + "\"num_hidden_layers\":3";

    private static Description read(String json) throws IOException {
        return Families.read("config.json", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static ModelConfig config(int vocabSize, int dModel, float normEps, boolean tied, int nLayer,
            Mamba1Config mixer) {
        return new ModelConfig("Mamba-1", vocabSize, dModel, normEps, tied, Multipliers.NONE,
                IntStream.range(0, nLayer).mapToObj(
                        i -> new BlockConfig("layers." + i + ".norm", "layers." + i + ".mixer", mixer, 1)).toList());
    }

    private static Mamba1Config mixer(Description read) {
        return (Mamba1Config) read.config().blocks().getFirst().mixer();
    }

    private static String refusal(String json) {
        return assertThrows(CheckpointException.class, () -> read(json)).getMessage();
    }

    @Test
    void fillsInTheDefaultsOfTransformers() throws IOException {
        Description read = read("{" + MINIMUM + "}");
        assertEquals(config(100, 40, 1e-5f, true, 3, new Mamba1Config(80, 16, 4, 3, false, true)), read.config());
        assertEquals(TokenIds.NONE, read.tokenIds());
        assertFalse(read.paddedVocab());
    }

    @Test
    void readsEveryOptionOfTransformers() throws IOException {
        Description read = read("{" + MINIMUM
                + ",\"state_size\":8,\"conv_kernel\":3,\"expand\":3,\"time_step_rank\":5,"
                + "\"use_bias\":true,\"use_conv_bias\":false,\"tie_word_embeddings\":false,\"layer_norm_epsilon\":1e-06,"
                + "\"residual_in_fp32\":false,\"bos_token_id\":7,\"eos_token_id\":[2,9],\"hidden_act\":\"swish\"}");
        assertEquals(config(100, 40, 1e-6f, false, 3, new Mamba1Config(120, 8, 3, 5, true, false)), read.config());
        assertEquals(new TokenIds(7, List.of(2, 9)), read.tokenIds());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"expand\":1.5 | 60", "\"expand\":0.7 | 28",
            "\"expand\":3,\"intermediate_size\":77 | 77",
            "\"intermediate_size\":null | 80"})
    void findsTheInnerWidth(String setting, int dInner) throws IOException {
        assertEquals(dInner, mixer(read("{" + MINIMUM + "," + setting + "}")).dInner());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"auto\" | 3", "null | 3", "4 | 4"})
    void findsTheRankOfTheTimeStep(String value, int dtRank) throws IOException {
        assertEquals(dtRank, mixer(read("{" + MINIMUM + ",\"time_step_rank\":" + value + "}")).dtRank());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"null | ''", "-1 | ''", "5 | 5", "[5,6] | 5 6", "[] | ''"})
    void readsTheTokensThatEndAText(String value, String ids) throws IOException {
        List<Integer> expected = ids.isEmpty()
                ? List.of()
                : List.of(ids.split(" ")).stream().map(Integer::valueOf).toList();
        assertEquals(expected, read("{" + MINIMUM + ",\"eos_token_id\":" + value + "}").tokenIds().eos());
    }

    @Test
    void readsTheAuthorsLayout() throws IOException {
        Description read = read(
                "{\"d_model\":64,\"n_layer\":2,\"vocab_size\":250,\"ssm_cfg\":{},\"rms_norm\":true,"
                        + "\"residual_in_fp32\":true,\"fused_add_norm\":true,\"pad_vocab_size_multiple\":8}");
        assertEquals(config(250, 64, 1e-5f, true, 2, new Mamba1Config(128, 16, 4, 4, false, true)), read.config());
        assertTrue(read.paddedVocab());
    }

    @Test
    void readsEveryOptionOfTheAuthors() throws IOException {
        Description read = read("{\"d_model\":64,\"n_layer\":2,\"vocab_size\":250,\"tie_embeddings\":false,"
                + "\"ssm_cfg\":{\"layer\":\"Mamba1\",\"d_state\":8,\"d_conv\":3,\"expand\":3,\"dt_rank\":7,\"bias\":true,"
                + "\"conv_bias\":false},\"attn_layer_idx\":[],\"attn_cfg\":{},\"d_intermediate\":0}");
        assertEquals(config(250, 64, 1e-5f, false, 2, new Mamba1Config(192, 8, 3, 7, true, false)), read.config());
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "rwkv", "Mamba", "mamba3"})
    void refusesOtherArchitecturesByName(String type) {
        // Other families write settings that standard JSON does not know.
        String message = refusal("{\"time_step_limit\":[0.0,Infinity],\"model_type\":\"" + type + "\"}");
        assertTrue(message.startsWith(
                "config.json: model_type '" + type + "' is not supported; supported: Mamba-1 (mamba), "), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "\"ssm_cfg\":{\"layer\":\"Mamba3\"}   | ssm_cfg.layer: expected Mamba1, found Mamba3",
            "\"attn_layer_idx\":[3]               | attn_layer_idx, d_intermediate: expected none, found some",
            "\"d_intermediate\":128               | attn_layer_idx, d_intermediate: expected none, found some",
            "\"rms_norm\":false                   | rms_norm: expected true, found false"
    })
    void refusesOtherModelsOfTheAuthors(String setting, String message) {
        String found = refusal("{\"d_model\":64,\"n_layer\":2,\"vocab_size\":250," + setting + "}");
        assertTrue(found.startsWith("config.json: " + message), found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "\"state_size\":0                  | expected dState of 1 to 4096, found 0",
            "\"state_size\":-3                 | expected dState of 1 to 4096, found -3",
            "\"state_size\":1e3                | state_size: expected an integer, found 1000.0",
            "\"state_size\":99999999999999     | state_size: expected an integer, found 99999999999999",
            "\"conv_kernel\":\"4\"             | conv_kernel: expected an integer, found \"4\"",
            "\"conv_kernel\":2000000000        | expected dConv of 1 to 4096",
            "\"expand\":0                      | expand: expected a factor",
            "\"expand\":NaN                    | expand: expected a factor",
            "\"expand\":1e30                   | expand: expected a factor",
            "\"expand\":100000                 | expected dInner of 1 to 262144",
            "\"intermediate_size\":[]          | intermediate_size: expected an integer, found an array",
            "\"time_step_rank\":\"many\"       | time_step_rank: expected an integer",
            "\"use_bias\":1                    | use_bias: expected true or false, found 1",
            "\"layer_norm_epsilon\":NaN        | expected normEps between 0 and 1, found NaN",
            "\"layer_norm_epsilon\":-1         | expected normEps between 0 and 1, found -1.0",
            "\"layer_norm_epsilon\":0         | expected normEps between 0 and 1, found 0.0",
            "\"layer_norm_epsilon\":1e-60     | expected normEps between 0 and 1, found 0.0",
            "\"layer_norm_epsilon\":\"small\"  | layer_norm_epsilon: expected a number",
            "\"hidden_act\":\"relu\"           | hidden_act: expected silu or swish, found relu",
            "\"hidden_act\":7                  | hidden_act: expected a string, found 7",
            "\"eos_token_id\":\"end\"          | eos_token_id: expected token ids, found \"end\"",
            "\"eos_token_id\":[1,-2]           | eos_token_id: expected token ids, found an array",
            "\"bos_token_id\":1.5              | bos_token_id: expected token ids, found 1.5"
    })
    void refusesASettingOutOfRange(String setting, String message) {
        String found = refusal("{" + MINIMUM + "," + setting + "}");
        assertTrue(found.startsWith("config.json: " + message), found);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''                          | expected a JSON object, found nothing",
            "[]                          | expected a JSON object, found an array",
            "null                        | expected a JSON object, found null",
            "{}                          | expected model_type or d_model, found neither; supported: Mamba-1 (mamba)",
            "{\"model_type\":\"mamba\"}  | hidden_size: expected an integer, found nothing",
            "{\"model_type\":5}          | model_type: expected a string, found 5",
            "{\"a\":1,\"a\":2}           | the JSON cannot be read: Duplicate field 'a'",
            "{\"a\":1} x                 | the JSON cannot be read",
            "{\"a\":                     | the JSON cannot be read"
    })
    void refusesWhatIsNoConfiguration(String json, String message) {
        String found = refusal(json);
        assertTrue(found.startsWith("config.json: " + message), found);
        assertEquals(1, found.lines().count());
    }

    @Test
    void refusesBombs() {
        assertTrue(refusal("{\"a\":" + "[".repeat(500_000)).contains("nesting depth"));
        assertTrue(refusal("{\"a\":" + "9".repeat(500_000) + "}").contains("the JSON cannot be read"));
        assertTrue(refusal(" ".repeat(2_000_000) + "{}").contains("expected at most 1048576 bytes"));
    }

    @Test
    void readsFalconMamba() throws IOException {
        ModelConfig config = read("{\"model_type\":\"falcon_mamba\",\"vocab_size\":100,\"hidden_size\":40,"
                + "\"num_hidden_layers\":3,\"mixer_rms_eps\":1e-4,\"tie_word_embeddings\":false}").config();
        assertEquals(new Mamba1Config(80, 16, 4, 3, false, true, Optional.of(new InnerNorm(1e-4f, false))),
                config.blocks().getLast().mixer());
        assertFalse(config.tied());
        assertEquals("FalconMamba", config.architecture());
    }

    private static final String MAMBA_2 = "{\"model_type\":\"mamba2\",\"vocab_size\":100,\"hidden_size\":40,"
            + "\"num_hidden_layers\":3,\"head_dim\":8,\"num_heads\":10,\"n_groups\":2";

    private static Mamba2Config mamba2(float min, float max) {
        return new Mamba2Config(10, 8, 2, 128, 4, false, true, min, max, new GatedNorm(Order.GATE_FIRST, 2, 1e-5f));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "''                                                                 | 0    | Infinity",
            ",\"time_step_limit\":[0.0,Infinity]                                | 0    | Infinity",
            ",\"time_step_limit\":[0.0,{\"__float__\":\"Infinity\"}]            | 0    | Infinity",
            ",\"time_step_limit\":[0.01,null]                                   | 0.01 | Infinity",
            ",\"time_step_limit\":null                                          | 0    | Infinity",
            ",\"time_step_limit\":[0.02,0.2],\"time_step_min\":0.5             | 0.02 | 0.2"
    })
    void readsMamba2AndItsLimitInEverySpelling(String limit, float min, float max) throws IOException {
        ModelConfig config = read(MAMBA_2 + limit + "}").config();
        assertEquals(mamba2(min, max), config.blocks().getFirst().mixer());
        assertEquals("Mamba-2", config.architecture());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            ",\"num_heads\":9          | the JSON cannot be read: Duplicate field 'num_heads'",
            ",\"expand\":3             | num_heads: expected heads of head_dim that make up expand * hidden_size = 120",
            ",\"time_step_limit\":[1]  | time_step_limit: expected two numbers, found 1 values",
            ",\"time_step_limit\":[1,0]| expected a time step limit of 0 or more and a larger one, found 1.0 and 0.0",
            ",\"time_step_limit\":[0,\"x\"] | time_step_limit: expected numbers, found 'x'"
    })
    void refusesMamba2OutOfRange(String setting, String message) {
        String found = refusal(MAMBA_2 + setting + "}");
        assertTrue(found.startsWith("config.json: " + message), found);
    }

    @Test
    void readsMamba2OfTheAuthors() throws IOException {
        var read = read("{\"d_model\":64,\"n_layer\":2,\"vocab_size\":250,\"pad_vocab_size_multiple\":16,"
                + "\"ssm_cfg\":{\"layer\":\"Mamba2\",\"headdim\":16,\"ngroups\":4,\"d_state\":32,"
                + "\"norm_before_gate\":true}}");
        assertEquals(new Mamba2Config(8, 16, 4, 32, 4, false, true, 0, Float.POSITIVE_INFINITY,
                new GatedNorm(Order.NORM_FIRST, 4, 1e-5f)), read.config().blocks().getFirst().mixer());
        assertTrue(read.config().tied());
        assertTrue(read.paddedVocab());
    }
}
