package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands beside a tokenizer.json, and texts that go on. The ids of the vocabulary: a=0, b=1, "Ġ"=2, "Ġa"=3. */
class TokenizerSettingsTest {
    private static final String BYTES = """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
         "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": PREFIX, "trim_offsets": true, "use_regex": true},
         "post_processor": null,
         "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
          "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
          "vocab": {"a": 0, "b": 1, "\u0120": 2, "\u0120a": 3}, "merges": ["\u0120 a"]}}""";
    private static final String MARKS = """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [{"id": 5, "content": "Lily",
          "single_word": false, "lstrip": false, "rstrip": false, "normalized": true, "special": false}],
         "normalizer": NORMALIZER, "pre_tokenizer": PRETOKENIZER, "post_processor": null,
         "decoder": {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "Fuse"},
          {"type": "Strip", "content": " ", "start": 1, "stop": STOP}]},
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
          "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
          "vocab": {"a": 0, "b": 1, "\u2581": 2, "\u2581a": 3, "\u2581b": 4}, "merges": ["\u2581 a", "\u2581 b"]}}""";
    private static final String PREPEND = "{\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Prepend\", "
            + "\"prepend\": \"\u2581\"}, {\"type\": \"Replace\", \"pattern\": {\"String\": \" \"}, \"content\": \"\u2581\"}]}";
    private static final String METASPACE = "{\"type\": \"Metaspace\", \"replacement\": \"\u2581\", "
            + "\"prepend_scheme\": \"always\", \"split\": true}";

    @TempDir
    private Path folder;

    private HfTokenizer load(String config, boolean prefix, TokenizerChoice choice) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), BYTES.replace("PREFIX", String.valueOf(prefix)));
        Files.writeString(folder.resolve("tokenizer_config.json"), config);
        return HfTokenizer.load(folder, choice);
    }

    private static HfTokenizer marks(String normalizer, String preTokenizer, int stop) throws IOException {
        return TokenizerEqualityTest.java("made by hand", MARKS.replace("NORMALIZER", normalizer)
                .replace("PRETOKENIZER", preTokenizer).replace("STOP", String.valueOf(stop)));
    }

    @ParameterizedTest
    @EnumSource(value = TokenizerChoice.class, names = {"JAVA", "HF"})
    void specialTokensOfTheConfigurationAreFound(TokenizerChoice choice) throws IOException {
        String config = """
            {"eos_token": "<|im_end|>", "pad_token": {"content": "<pad>", "special": true},
             "extra_special_tokens": {"image_token": "<image>"}, "additional_special_tokens": ["<x>"],
             "added_tokens_decoder": {
              "5": {"content": "<|im_end|>", "special": true, "normalized": false, "lstrip": false, "rstrip": false},
              "4": {"content": "<|im_start|>", "special": true, "normalized": false},
              "6": {"content": "word", "special": false, "normalized": true}}}""";
        try (HfTokenizer tokenizer = load(config, false, choice)) {
            assertEquals(choice, tokenizer.implementation());
            assertArrayEquals(new int[]{4, 0, 6, 5, 7, 8, 9},
                    tokenizer.encode("<|im_start|>aword<|im_end|><pad><image><x>"));
            assertEquals("aword", tokenizer.decode(4, 0, 6, 5, 7, 8, 9));
            assertTrue(tokenizer.isSpecial(5));
            assertFalse(tokenizer.isSpecial(6));
            assertEquals(10, tokenizer.vocabSize());
        }
    }

    @Test
    void withoutThatPartTheOlderFilesCount() throws IOException {
        Files.writeString(folder.resolve("added_tokens.json"), "{\"<end>\": 5, \"plain\": 4}");
        Files.writeString(folder.resolve("special_tokens_map.json"), "\ufeff{\"eos_token\": {\"content\": \"<end>\"}}");
        try (HfTokenizer tokenizer = load("\ufeff{}", false, TokenizerChoice.JAVA)) {
            assertArrayEquals(new int[]{0, 4, 5}, tokenizer.encode("aplain<end>"));
            assertTrue(tokenizer.isSpecial(5));
            assertFalse(tokenizer.isSpecial(4));
        }
    }

    @ParameterizedTest
    @CsvSource({"GPTNeoXTokenizer, true, false, 3", "GPT2TokenizerFast, true, false, 3",
            "GPTNeoXTokenizerFast, false, true, 0",
            "PreTrainedTokenizerFast, true, false, 0", "PreTrainedTokenizerFast, false, true, 3"})
    void aSpaceBeforeATextIsOfTheConfigurationWhereTheClassObeysIt(String type, boolean config, boolean file, int id)
            throws IOException {
        String json = "{\"tokenizer_class\": \"" + type + "\", \"add_prefix_space\": " + config + "}";
        for (TokenizerChoice choice : new TokenizerChoice[]{TokenizerChoice.JAVA, TokenizerChoice.HF}) {
            try (HfTokenizer tokenizer = load(json, file, choice)) {
                assertArrayEquals(new int[]{id}, tokenizer.encode("a"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = TokenizerChoice.class, names = {"JAVA", "HF"})
    void theTokensAroundATextAreOfTheConfiguration(TokenizerChoice choice) throws IOException {
        String config = "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"add_bos_token\": true, \"add_eos_token\": true}";
        try (HfTokenizer tokenizer = load(config, false, choice)) {
            assertArrayEquals(new int[]{4, 0, 5}, tokenizer.encode("a"));
            assertArrayEquals(new int[]{0}, tokenizer.encode("a", false));
        }
        try (HfTokenizer tokenizer = load(config.replace("\"add_eos_token\": true", "\"add_eos_token\": null"), false,
                choice)) {
            assertArrayEquals(new int[]{4, 0}, tokenizer.encode("a"));
        }
        try (HfTokenizer tokenizer = load("{\"add_bos_token\": true}", false, choice)) {
            assertArrayEquals(new int[]{0}, tokenizer.encode("a"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "{", "{} {}", "{\"added_tokens_decoder\": {\"x\": {\"content\": \"y\"}}}",
            "{\"added_tokens_decoder\": {\"5\": {\"content\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}}}",
            "<!doctype html>", "version https://git-lfs.github.com/spec/v1"})
    void aBadConfigurationIsNamed(String config) {
        String message = assertThrows(CheckpointException.class, () -> load(config, false, TokenizerChoice.JAVA))
                .getMessage();
        assertTrue(message.startsWith(folder + "/tokenizer_config.json: "), message);
    }

    @Test
    void otherKindsOfFilesAreCalledByTheirName() throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"),
                "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4429456\n");
        assertTrue(assertThrows(CheckpointException.class, () -> HfTokenizer.load(folder)).getMessage()
                .contains("git-LFS pointer"));
        Files.writeString(folder.resolve("tokenizer.json"), "\n<!DOCTYPE html><html></html>");
        assertTrue(assertThrows(CheckpointException.class, () -> HfTokenizer.load(folder)).getMessage()
                .contains("web page"));
    }

    @Test
    void aByteOrderMarkIsNoError() throws IOException {
        try (HfTokenizer tokenizer = TokenizerEqualityTest.java("x", "\ufeff" + BYTES.replace("PREFIX", "false"))) {
            assertArrayEquals(new int[]{0}, tokenizer.encode("a"));
        }
    }

    @Test
    void anAddedTokenThatWasNormalisedKeepsItsSpace() throws IOException {
        try (HfTokenizer tokenizer = marks(PREPEND, "null", 0)) {
            int[] ids = tokenizer.encode("a Lily b");
            assertArrayEquals(new int[]{3, 5, 4}, ids);
            assertEquals("a Lily b", tokenizer.decode(ids));
            assertEquals("Lily", tokenizer.decode(5));
        }
    }

    @Test
    void aTextThatGoesOnGetsNoSpace() throws IOException {
        for (HfTokenizer tokenizer : new HfTokenizer[]{marks(PREPEND, "null", 0), marks("null", METASPACE, 0)}) {
            int[] first = tokenizer.encode("ab");
            int[] second = tokenizer.encodeContinuation("b a");
            assertArrayEquals(new int[]{3, 1}, first);
            assertArrayEquals(new int[]{1, 3}, second);
            assertEquals("abb a", tokenizer.decode(3, 1, 1, 3));
            assertArrayEquals(new int[]{3}, tokenizer.encodeContinuation(" a"));
            tokenizer.close();
        }
        for (TokenizerChoice choice : new TokenizerChoice[]{TokenizerChoice.JAVA, TokenizerChoice.HF}) {
            try (HfTokenizer tokenizer = load("{}", true, choice)) {
                assertArrayEquals(new int[]{3}, tokenizer.encode("a"));
                assertArrayEquals(new int[]{0}, tokenizer.encodeContinuation("a"));
            }
        }
    }

    @Test
    void spacesAtBothEndsAreTakenAway() throws IOException {
        try (HfTokenizer tokenizer = marks(PREPEND, "null", 2)) {
            assertEquals("a", tokenizer.decode(3, 2));
            assertEquals(" a ", tokenizer.decode(2, 3, 2, 2, 2));
            assertEquals("", tokenizer.decode(2, 2, 2));
            IncrementalDecoder decoder = new IncrementalDecoder(tokenizer, true);
            assertEquals(" a", decoder.feed(3));
            assertEquals("", decoder.feed(2));
            assertEquals("", decoder.feed(2));
            assertEquals("  b", decoder.feed(1));
            assertEquals("", decoder.feed(2));
            assertEquals("", decoder.finish());
        }
    }

    @Test
    void aPlainTextCannotBeAskedOfTheNativeLibrary() throws IOException {
        try (HfTokenizer tokenizer = load("{}", false, TokenizerChoice.HF)) {
            assertThrows(UnsupportedOperationException.class,
                    () -> tokenizer.encode("a", EncodeOptions.WHOLE.asPlainText()));
        }
    }
}
