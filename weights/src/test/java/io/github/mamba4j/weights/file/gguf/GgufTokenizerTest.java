package io.github.mamba4j.weights.file.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.weights.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GgufTokenizerTest {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Types: 1 normal, 2 unknown, 3 control, 4 user-defined. */
    private static GgufWriter byteLevel() {
        return new GgufWriter().string("general.architecture", "mamba2").string("tokenizer.ggml.model", "gpt2")
                .strings("tokenizer.ggml.tokens",
                        List.of("<|endoftext|>", "a", "b", "\u0120", "ab", "\u0120ab", "<tool>", "[PAD7]",
                                "<|im_end|>"))
                .int32s("tokenizer.ggml.token_type", 3, 1, 1, 1, 1, 1, 4, 4, 1)
                .strings("tokenizer.ggml.merges", List.of("a b", "\u0120 ab", "b a"))
                .uint32("tokenizer.ggml.bos_token_id", 0).uint32("tokenizer.ggml.eos_token_id", 0)
                .uint32("tokenizer.ggml.padding_token_id", 0xffff_ffffL);
    }

    private static GgufWriter sentencePiece() {
        return new GgufWriter().string("tokenizer.ggml.model", "llama")
                .strings("tokenizer.ggml.tokens",
                        List.of("<unk>", "<s>", "</s>", "<0x0A>", "\u2581", "a", "b", "ab", "\u2581ab", "aba", "ba"))
                .float32s("tokenizer.ggml.scores", 0, 0, 0, 0, -9, -8, -7, -1, -3, -4, -3)
                .int32s("tokenizer.ggml.token_type", 2, 3, 3, 6, 1, 1, 1, 1, 1, 1, 1);
    }

    private static GgufTokenizer read(GgufWriter writer) throws IOException {
        var out = new ByteArrayOutputStream();
        writer.writeTo(out);
        return GgufTokenizer.of(GgufHeader.read("f", MemorySegment.ofArray(out.toByteArray())).metadata());
    }

    private static JsonNode json(GgufWriter writer) throws IOException {
        return MAPPER.readTree(read(writer).tokenizerJson());
    }

    private static JsonNode config(GgufWriter writer) throws IOException {
        return MAPPER.readTree(read(writer).tokenizerConfigJson());
    }

    private static void assertRefused(String message, GgufWriter writer) {
        var e = assertThrows(CheckpointException.class, () -> read(writer));
        assertTrue(e.getMessage().startsWith("f: " + message), e.getMessage());
    }

    @Test
    void byteLevelTokenizer() throws IOException {
        JsonNode json = json(byteLevel().string("tokenizer.ggml.pre", "gpt-2"));
        assertTrue(json.get("normalizer").isNull());
        assertEquals(MAPPER.readTree("""
            {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"""),
                json.get("pre_tokenizer"));
        assertEquals(json.get("pre_tokenizer"), json.get("decoder"));
        assertEquals(json.get("pre_tokenizer"), json.get("post_processor"));
        JsonNode model = json.get("model");
        assertEquals("BPE", model.get("type").textValue());
        assertTrue(model.get("unk_token").isNull());
        assertFalse(model.get("byte_fallback").booleanValue() || model.get("ignore_merges").booleanValue());
        assertEquals(9, model.get("vocab").size());
        assertEquals(5, model.get("vocab").get("\u0120ab").intValue());
        // 'ba' is no token.
        assertEquals(MAPPER.readTree("[[\"a\",\"b\"],[\"\u0120\",\"ab\"]]"), model.get("merges"));
    }

    /** Control tokens, and what is known to end a turn, are special; user-defined ones are only found; fillers are not. */
    @Test
    void addedTokens() throws IOException {
        JsonNode added = json(byteLevel().string("tokenizer.ggml.pre", "gpt-2")).get("added_tokens");
        assertEquals(MAPPER.readTree("""
            {"id":0,"content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,
            "normalized":false,"special":true}"""), added.get(0));
        assertEquals(List.of(0, 6, 8), added.findValues("id").stream().map(JsonNode::intValue).toList());
        assertEquals(List.of(true, false, true),
                added.findValues("special").stream().map(JsonNode::booleanValue).toList());
    }

    @ParameterizedTest
    @CsvSource({"gpt-2, false, 0, false", "olmo, true, 0, false", "gpt-neox, true, 0, false", "mpt, true, 0, false",
            "falcon, false, 3, false", "default, false, 4, false", "starcoder, false, 2, false",
            "dbrx, false, 1, false", "llama-bpe, false, 1, true", "pixtral, false, 1, true", "lfm2, false, 1, true",
            "falcon-h1, false, 1, true", "tekken, false, 1, true", "qwen2, true, 1, false", "qwen35, true, 1, false",
            "gpt-4o, false, 1, false", "bailingmoe, false, 1, false"})
    void preTokenizers(String name, boolean nfc, int patterns, boolean ignoresMerges) throws IOException {
        JsonNode json = json(byteLevel().string("tokenizer.ggml.pre", name));
        assertEquals(nfc, json.get("normalizer").path("type").asText().equals("NFC"));
        assertEquals(ignoresMerges, json.get("model").get("ignore_merges").booleanValue());
        // The names with Llama 3's pattern begin texts with a token unless the file says otherwise.
        assertEquals(ignoresMerges, json.get("post_processor").get("type").textValue().equals("TemplateProcessing"));
        JsonNode parts = json.get("pre_tokenizer").path("pretokenizers");
        assertEquals(patterns == 0 ? 0 : patterns + 1, parts.size());
        for (int i = 0; i < patterns; i++) {
            assertEquals("Split", parts.get(i).get("type").textValue());
            assertEquals("Isolated", parts.get(i).get("behavior").textValue());
            assertFalse(parts.get(i).get("pattern").get("Regex").textValue().isEmpty());
        }
        if (patterns > 0) {
            assertFalse(parts.get(patterns).get("use_regex").booleanValue());
        }
    }

    @Test
    void patternsByHand() throws IOException {
        JsonNode parts = json(byteLevel().string("tokenizer.ggml.pre", "falcon")).get("pre_tokenizer")
                .get("pretokenizers");
        assertEquals("[\\p{P}\\$\\+<=>\\^~\\|`]+", parts.get(0).get("pattern").get("Regex").textValue());
        assertEquals("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
                parts.get(1).get("pattern").get("Regex").textValue());
        assertEquals("[0-9][0-9][0-9]", parts.get(2).get("pattern").get("Regex").textValue());
        parts = json(byteLevel().string("tokenizer.ggml.pre", "qwen35")).get("pre_tokenizer").get("pretokenizers");
        assertEquals("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
                + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
                parts.get(0).get("pattern").get("Regex").textValue());
    }

    /** Files of before the key was there: by the architecture, or what llama.cpp falls back on. */
    @Test
    void filesWithoutAPreTokenizer() throws IOException {
        assertEquals(5, json(byteLevel()).get("pre_tokenizer").get("pretokenizers").size());
        for (String architecture : List.of("mamba", "gptneox")) {
            JsonNode json = json(byteLevel().string("general.architecture", architecture));
            assertEquals("ByteLevel", json.get("pre_tokenizer").get("type").textValue());
            assertEquals("NFC", json.get("normalizer").get("type").textValue());
        }
    }

    @Test
    void tokensAreAddedToTexts() throws IOException {
        JsonNode json = json(byteLevel().string("tokenizer.ggml.pre", "gpt-2")
                .bool("tokenizer.ggml.add_bos_token", true).bool("tokenizer.ggml.add_eos_token", true)
                .uint32("tokenizer.ggml.eos_token_id", 8));
        assertEquals(MAPPER.readTree("""
            {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|endoftext|>","type_id":0}},
            {"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"<|im_end|>","type_id":0}}],
            "pair":[{"SpecialToken":{"id":"<|endoftext|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
            {"SpecialToken":{"id":"<|im_end|>","type_id":0}},{"SpecialToken":{"id":"<|endoftext|>","type_id":1}},
            {"Sequence":{"id":"B","type_id":1}},{"SpecialToken":{"id":"<|im_end|>","type_id":1}}],
            "special_tokens":{"<|endoftext|>":{"id":"<|endoftext|>","ids":[0],"tokens":["<|endoftext|>"]},
            "<|im_end|>":{"id":"<|im_end|>","ids":[8],"tokens":["<|im_end|>"]}}}"""), json.get("post_processor"));
        // What the file says goes before what the name says.
        json = json(byteLevel().string("tokenizer.ggml.pre", "llama-bpe").bool("tokenizer.ggml.add_bos_token", false));
        assertEquals("ByteLevel", json.get("post_processor").get("type").textValue());
    }

    @Test
    void endTokens() throws IOException {
        UnaryOperator<GgufWriter> gpt2 = writer -> writer.string("tokenizer.ggml.pre", "gpt-2");
        assertEquals(List.of(0, 8), read(gpt2.apply(byteLevel())).endTokens());
        assertEquals(List.of(0, 3, 4, 5, 8),
                read(gpt2.apply(byteLevel()).uint32("tokenizer.ggml.eot_token_id", 5)
                        .uint32("tokenizer.ggml.eom_token_id", 4).uint32("tokenizer.ggml.eos_token_id", 3))
                        .endTokens());
        assertEquals(List.of(2), read(sentencePiece()).endTokens());
    }

    @Test
    void configuration() throws IOException {
        assertEquals(MAPPER.readTree("""
            {"tokenizer_class":"PreTrainedTokenizerFast","add_bos_token":false,"add_eos_token":false,
            "clean_up_tokenization_spaces":false,"bos_token":"<|endoftext|>","eos_token":"<|endoftext|>"}"""),
                config(byteLevel()));
        JsonNode config = config(byteLevel().bool("tokenizer.ggml.add_bos_token", true)
                .uint32("tokenizer.ggml.unknown_token_id", 1).uint32("tokenizer.ggml.padding_token_id", 2)
                .string("tokenizer.chat_template", "{{ x }}\n"));
        assertTrue(config.get("add_bos_token").booleanValue());
        assertEquals("a", config.get("unk_token").textValue());
        assertEquals("b", config.get("pad_token").textValue());
        assertEquals("{{ x }}\n", config.get("chat_template").textValue());
        config = config(byteLevel().string("tokenizer.chat_template", "d").string("tokenizer.chat_template.tool", "t"));
        assertEquals(MAPPER.readTree("""
            [{"name":"default","template":"d"},{"name":"tool","template":"t"}]"""), config.get("chat_template"));
    }

    @Test
    void sentencePieceTokenizer() throws IOException {
        JsonNode json = json(sentencePiece());
        assertTrue(json.get("pre_tokenizer").isNull());
        assertEquals(MAPPER.readTree("""
            {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},
            {"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]}"""), json.get("normalizer"));
        assertEquals(MAPPER.readTree("""
            {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"\u2581"},"content":" "},
            {"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}"""),
                json.get("decoder"));
        // A text begins with <s>, whose id is known though the file does not say it.
        assertEquals("<s>", json.get("post_processor").get("single").get(0).get("SpecialToken").get("id").textValue());
        assertEquals(List.of(0, 1, 2),
                json.get("added_tokens").findValues("id").stream().map(JsonNode::intValue).toList());
        JsonNode model = json.get("model");
        assertEquals("<unk>", model.get("unk_token").textValue());
        assertTrue(model.get("byte_fallback").booleanValue() && model.get("fuse_unk").booleanValue());
        // By score; with the same score the longer first part, then the longer second one.
        assertEquals(MAPPER.readTree("""
            [["a","b"],["\u2581","ab"],["b","a"],["ab","a"],["a","ba"]]"""), model.get("merges"));
    }

    @Test
    void sentencePieceWithoutASpaceBeforeTheText() throws IOException {
        JsonNode json = json(sentencePiece().bool("tokenizer.ggml.add_space_prefix", false));
        assertEquals(1, json.get("normalizer").get("normalizers").size());
        assertEquals(3, json.get("decoder").get("decoders").size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "t5", "rwkv", "plamo2", "none"})
    void otherModelsAreRefusedByName(String model) {
        assertRefused("metadata 'tokenizer.ggml.model': tokenizer '" + model
                + "' is not supported; supported are gpt2 and llama",
                byteLevel().string("tokenizer.ggml.model", model));
    }

    @Test
    void whatIsDamagedIsRefused() {
        assertRefused("metadata 'tokenizer.ggml.model' is missing", new GgufWriter());
        assertRefused("metadata 'tokenizer.ggml.pre': pre-tokenizer 'kimi-k2' is not supported; supported are a.x-4.0,",
                byteLevel().string("tokenizer.ggml.pre", "kimi-k2"));
        assertRefused("metadata 'tokenizer.ggml.tokens' is missing",
                new GgufWriter().string("tokenizer.ggml.model", "llama"));
        assertRefused("metadata 'tokenizer.ggml.merges' is missing", new GgufWriter()
                .string("tokenizer.ggml.model", "gpt2").strings("tokenizer.ggml.tokens", List.of("a")));
        assertRefused("metadata 'tokenizer.ggml.scores' is missing", new GgufWriter()
                .string("tokenizer.ggml.model", "llama").strings("tokenizer.ggml.tokens", List.of("a")));
        assertRefused("metadata 'tokenizer.ggml.tokens': expected each token once, found 'a' as 1 and 2",
                byteLevel().strings("tokenizer.ggml.tokens", List.of("x", "a", "a")).int32s(
                        "tokenizer.ggml.token_type", 1, 1, 1));
        assertRefused("metadata 'tokenizer.ggml.token_type': expected 9 elements, one for each token, found 1",
                byteLevel().int32s("tokenizer.ggml.token_type", 1));
        assertRefused("metadata 'tokenizer.ggml.merges': expected two tokens with a space between them, found 'ab'",
                byteLevel().strings("tokenizer.ggml.merges", List.of("ab")));
        assertRefused("metadata 'tokenizer.ggml.eos_token_id': expected the id of one of 9 tokens, found 9",
                byteLevel().uint32("tokenizer.ggml.eos_token_id", 9));
        assertRefused("metadata 'tokenizer.ggml.eot_token_id': expected the id of one of 9 tokens, found 255",
                byteLevel().uint32("tokenizer.ggml.eot_token_id", 255));
        assertRefused("metadata 'tokenizer.ggml.add_eos_token': expected metadata 'tokenizer.ggml.eos_token_id'",
                byteLevel().bool("tokenizer.ggml.add_eos_token", true)
                        .uint32("tokenizer.ggml.eos_token_id", 0xffff_ffffL));
    }

    /** A vocabulary of the size that models have: rendered from the file with no more memory than a few copies of it. */
    @Test
    void aLargeVocabulary() throws IOException {
        List<String> tokens = IntStream.range(0, 250_000).mapToObj(i -> "t" + i).toList();
        GgufWriter writer = new GgufWriter().string("tokenizer.ggml.model", "gpt2")
                .strings("tokenizer.ggml.tokens", tokens).strings("tokenizer.ggml.merges", List.of());
        JsonNode vocab = json(writer).get("model").get("vocab");
        assertEquals(250_000, vocab.size());
        assertEquals(249_999, vocab.get("t249999").intValue());
    }
}
