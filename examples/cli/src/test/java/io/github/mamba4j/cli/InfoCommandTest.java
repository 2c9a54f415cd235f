package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
    @Test
    void describesTheShippedModel() throws IOException {
        JsonNode json = mamba("info", "--json").json();
        assertEquals("Mamba-1", json.get("architecture").textValue());
        assertEquals(2_210_496, json.get("parameters").intValue());
        assertEquals(192, json.at("/config/d_model").intValue());
        assertEquals(8, json.at("/config/blocks/0/count").intValue());
        assertTrue(json.at("/config/blocks/0/mixer").textValue().startsWith("Mamba1 (dInner 384, dState 16, "));
        // Every parameter is stored once, in two bytes.
        assertEquals(2 * 2_210_496, json.at("/stored_bytes/BF16").intValue());
        assertEquals(1024, json.at("/tokenizer/vocab_size").intValue());
        assertEquals("[0]", json.at("/tokenizer/special_tokens_before").toString());
        String text = mamba("info").succeeded().out();
        assertTrue(text.contains("parameters       2,210,496\n"), text);
    }

    @Test
    void describesShardsAndACheckpointWithoutATokenizer() throws IOException {
        JsonNode json = mamba("info", "--model", golden("mamba-sharded"), "--json").json();
        assertEquals(11, json.get("weight_files").size());
        assertTrue(json.get("tokenizer").isNull());
        String text = mamba("info", "--model", golden("mamba-bias")).succeeded().out();
        assertTrue(text.contains("tokenizer        none\n"), text);
        assertTrue(text.contains("blocks           2 x Mamba1 (dInner 128, "), text);
        assertTrue(text.contains("bias true, convBias true)\n"), text);
    }
}
