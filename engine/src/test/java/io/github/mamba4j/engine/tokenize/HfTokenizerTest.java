package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokenizer of the shipped model, a byte-level BPE, and small hand-made ones of other kinds. */
class HfTokenizerTest {
    /** SentencePiece's way: U+2581 for a space, and bytes for what the vocabulary lacks. */
    private static final String BYTE_FALLBACK = """
        {"version": "1.0", "truncation": {"direction": "Right", "max_length": 2, "strategy": "LongestFirst",
          "stride": 0}, "padding": null,
         "added_tokens": [{"id": 0, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
          "normalized": false, "special": true}],
         "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "\u2581"},
          {"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"}]},
         "pre_tokenizer": null, "post_processor": null,
         "decoder": {"type": "Sequence", "decoders": [
          {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"},
          {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
         "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
          "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": true, "ignore_merges": false,
          "vocab": {"<s>": 0, "<0xE2>": 1, "<0x82>": 2, "<0xAC>": 3, "\u2581": 4, "a": 5, "b": 6, "\u2581a": 7},
          "merges": [["\u2581", "a"]]}}""";

    private static HfTokenizer shipped;
    private static HfTokenizer natives;

    @BeforeAll
    static void open() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            shipped = HfTokenizer.load(checkpoint.files());
            natives = HfTokenizer.load(checkpoint.files(), TokenizerChoice.HF);
        }
    }

    @AfterAll
    static void close() {
        shipped.close();
        natives.close();
    }

    private static HfTokenizer of(String json) throws IOException {
        return HfTokenizer.load("made by hand",
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    }

    private static HfTokenizer natives(String json) throws IOException {
        return HfTokenizer.load("made by hand", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                TokenizerChoice.HF);
    }

    @Test
    void encodesWithAndWithoutTheTokenThatBeginsAText() {
        assertArrayEquals(new int[]{0, 410, 435, 259, 384}, shipped.encode("Once upon a time"));
        assertArrayEquals(new int[]{410, 435, 259, 384}, shipped.encode("Once upon a time", false));
        assertEquals(1024, shipped.vocabSize());
    }

    @Test
    void anEmptyTextIsItsSpecialTokensAlone() {
        assertArrayEquals(new int[]{0}, shipped.encode(""));
        assertArrayEquals(new int[0], shipped.encode("", false));
        assertEquals("", shipped.decode());
    }

    @Test
    void blankTextIsKept() {
        assertEquals(" \n\t ", shipped.decode(shipped.encode(" \n\t ")));
    }

    @Test
    void aMissingTextIsRefusedByName() {
        assertEquals("text", assertThrows(NullPointerException.class, () -> shipped.encode(null)).getMessage());
    }

    @Test
    void aSpecialTokenSpelledOutIsThatTokenAndIsNotDecoded() {
        int[] ids = shipped.encode("a<|endoftext|>b", false);
        assertEquals(3, ids.length);
        assertEquals(0, ids[1]);
        assertTrue(shipped.isSpecial(0));
        assertFalse(shipped.isSpecial(ids[0]));
        assertEquals("ab", shipped.decode(ids));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain text, with punctuation.", "gr\u00fc\u00df dich \u20ac",
            "\ud83d\ude00\ud83d\udc4d\ud83c\udffd",
            "nul \u0000 inside", "\u0e20\u0e32\u0e29\u0e32", "a\r\nb\u00a0c\u00ad", "e\u0301 \ufeff \uffff"})
    void decodingGivesTheTextBack(String text) {
        int[] ids = shipped.encode(text);
        assertEquals(text, shipped.decode(ids));
        assertEquals(natives.nativeDecode(ids), shipped.decode(ids));
    }

    @Test
    void loneSurrogatesCountAsReplacementCharacters() {
        assertEquals("a\ufffdb\ufffd\ufffd", shipped.decode(shipped.encode("a\ud83db\ude00\ud83d")));
    }

    @Test
    void aLongTextIsNotCutOff() {
        String text = "The dog and the cat. ".repeat(20_000);
        assertEquals(text, shipped.decode(shipped.encode(text)));
    }

    @Test
    void arbitraryTokensDecodeAsTheNativeLibraryDecodesThem() {
        Random random = new Random(11);
        for (int i = 0; i < 500; i++) {
            // The first ids are the single bytes, so that most sequences are not UTF-8.
            int bound = random.nextBoolean() ? 257 : shipped.vocabSize() + 5;
            int[] ids = random.ints(1 + random.nextInt(12), 0, bound).toArray();
            assertEquals(natives.nativeDecode(ids), shipped.decode(ids));
        }
    }

    @Test
    void idsWithoutATokenHaveNoBytes() {
        assertEquals(0, shipped.tokenBytes(-1).length);
        assertEquals(0, shipped.tokenBytes(shipped.vocabSize()).length);
        assertEquals(0, shipped.tokenBytes(0).length);
        assertFalse(shipped.isSpecial(-1));
        assertArrayEquals(" time".getBytes(StandardCharsets.UTF_8), shipped.tokenBytes(384));
    }

    @Test
    void bytesThatTheVocabularySpellsInHexAreBytes() throws IOException {
        try (HfTokenizer tokenizer = of(BYTE_FALLBACK)) {
            int[] ids = tokenizer.encode("a\u20acb a");
            // The file's own limit of two tokens is not applied.
            assertArrayEquals(new int[]{7, 1, 2, 3, 6, 7}, ids);
            assertEquals("a\u20acb a", tokenizer.decode(ids));
            try (HfTokenizer other = natives(BYTE_FALLBACK)) {
                assertArrayEquals(ids, other.encode("a\u20acb a"));
                assertEquals(other.nativeDecode(ids), tokenizer.decode(ids));
            }
            assertArrayEquals(new byte[]{(byte) 0xE2}, tokenizer.tokenBytes(1));
            assertArrayEquals(" a".getBytes(StandardCharsets.UTF_8), tokenizer.tokenBytes(7));
        }
    }

    @Test
    void aTextThatGoesOnKeepsItsLeadingSpace() throws IOException {
        try (HfTokenizer tokenizer = of(BYTE_FALLBACK)) {
            assertEquals(" a", new IncrementalDecoder(tokenizer, true).feed(7));
            assertEquals("a", new IncrementalDecoder(tokenizer).feed(7));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"model\": 3}", "{\"model\": {\"vocab\": {\"a\": -1}}}",
            "{\"model\": {\"vocab\": {\"a\": 2000000000}}}", "{\"model\": {\"vocab\": {\"a\": \"b\"}}}",
            "{\"model\": {\"vocab\": {\"a\": 0}}, \"decoder\": {\"type\": \"Mystery\"}}",
            "{\"model\": {\"vocab\": {\"a\": 0}}, \"decoder\": {\"type\": \"ByteLevel\"}}", "{\"model\": {\"vocab\""})
    void whatIsNotATokenizerIsRefusedWithItsPlace(String json) {
        String message = assertThrows(CheckpointException.class, () -> of(json)).getMessage();
        assertTrue(message.startsWith("made by hand: "), message);
        assertEquals(1, message.lines().count(), message);
    }

    @Test
    void aTemplateWithAnUndefinedTokenIsRefused() {
        String json = BYTE_FALLBACK.replace("\"post_processor\": null", """
            "post_processor": {"type": "TemplateProcessing", "pair": [],
             "single": [{"SpecialToken": {"id": "<t>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
             "special_tokens": {"<s>": {"id": "<s>", "ids": [0], "tokens": ["<s>"]}}}""");
        String message = assertThrows(CheckpointException.class, () -> of(json)).getMessage();
        assertTrue(message.contains("\"<t>\" is used, but not defined"), message);
    }

    @Test
    void whatWouldEndTheProcessIsRefused() {
        String pattern = BYTE_FALLBACK.replace("{\"String\": \" \"}", "{\"String\": \"\"}");
        assertTrue(assertThrows(CheckpointException.class, () -> of(pattern)).getMessage().contains("not empty"));
        String prefix = BYTE_FALLBACK.replace("\"continuing_subword_prefix\": null",
                "\"continuing_subword_prefix\": \"##\"");
        assertTrue(assertThrows(CheckpointException.class, () -> of(prefix)).getMessage().contains("##"));
    }

    /** Tokens are turned into bytes one by one, and a pattern may reach over their borders. */
    @Test
    void aDecoderWithAPatternIsRefused() {
        String json = BYTE_FALLBACK.replace("{\"String\": \"\u2581\"}", "{\"Regex\": \"\u2581+\"}");
        String message = assertThrows(CheckpointException.class, () -> of(json)).getMessage();
        assertTrue(message.contains("expected a decoder that replaces a text"), message);
    }

    @Test
    void aMissingFileIsNamed(@TempDir Path folder) {
        String message = assertThrows(CheckpointException.class, () -> HfTokenizer.load(folder)).getMessage();
        assertEquals(folder.resolve("tokenizer.json") + ": no such file", message);
    }

    @Test
    void closedItStillDecodesButDoesNotEncode() throws IOException {
        for (HfTokenizer tokenizer : List.of(of(BYTE_FALLBACK), natives(BYTE_FALLBACK))) {
            tokenizer.close();
            tokenizer.close();
            assertEquals("a", tokenizer.decode(5));
            assertThrows(IllegalStateException.class, () -> tokenizer.encode("a"));
            assertThrows(IllegalStateException.class, () -> tokenizer.nativeDecode(5));
        }
    }
}
