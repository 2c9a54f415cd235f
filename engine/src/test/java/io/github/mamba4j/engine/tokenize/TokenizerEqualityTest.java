package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mamba4j.weights.Checkpoint;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The tokenizer in Java against Hugging Face's own: ids, offsets and texts, on texts in many scripts and on random Unicode.
 * {@code -Dmamba4j.tokenizer.texts=1000000} tries more texts, {@code -Dmamba4j.tokenizer.seed} others.
 */
class TokenizerEqualityTest {
    private static final int TEXTS = Integer.getInteger("mamba4j.tokenizer.texts", 20_000);
    private static final long SEED = Long.getLong("mamba4j.tokenizer.seed", 34);
    static final Path SHARED = Path.of(System.getProperty("mamba4j.shared", "../../shared")).toAbsolutePath()
            .normalize();
    private static final Map<String, String> SMALL = SmallTokenizers.all();
    /** Where the reference's offsets are of the bytes that are left when characters are dropped or change places. */
    private static final Set<String> OTHER_OFFSETS = Set.of("no unk");

    static Stream<String> names() {
        return SMALL.keySet().stream();
    }

    static HfTokenizer java(String name, String json) throws IOException {
        return HfTokenizer.load(name, new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                TokenizerChoice.JAVA);
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyKindIsEqual(String name) throws IOException {
        String json = SMALL.get(name);
        List<String> texts = new ArrayList<>(RandomTexts.WRITTEN);
        RandomTexts random = new RandomTexts(SEED + name.hashCode());
        for (int i = 0; i < TEXTS / SMALL.size() + 1; i++) {
            texts.add(random.next());
        }
        try (HfTokenizer java = java(name, json); NativeTokenizer hf = NativeTokenizer.create(name, json)) {
            assertEquals(TokenizerChoice.JAVA, java.implementation());
            for (String text : texts) {
                check(name, text, java, hf);
            }
        }
    }

    private static void check(String name, String text, HfTokenizer java, NativeTokenizer hf) {
        String what = name + ", seed " + SEED + ", text " + shown(text);
        TokenizedText expected = hf.encodeWithOffsets(text, true);
        int[] ids = java.encode(text);
        assertArrayEquals(expected.ids(), ids, what);
        TokenizedText actual = java.encodeWithOffsets(text, EncodeOptions.WHOLE);
        assertArrayEquals(ids, actual.ids(), what);
        if (hasOffsets(name, text)) {
            assertArrayEquals(expected.starts(), actual.starts(), what);
            assertArrayEquals(expected.ends(), actual.ends(), what);
        }
        assertArrayEquals(hf.encode(text, false), java.encode(text, false), what);
        if (!usesNormalizedTokens(name, java, ids)) {
            assertEquals(hf.decode(ids), java.decode(ids), what);
        }
    }

    /** Offsets are not compared where the reference counts bytes, nor where marks or letters of Hangul join. */
    private static boolean hasOffsets(String name, String text) {
        boolean fallback = name.contains("bytes true");
        boolean moves = (name.startsWith("N") || name.equals("neox") || name.contains("nothing")
                || name.contains("unigram bytes"))
                && text.codePoints().anyMatch(c -> Character.getType(c) == Character.NON_SPACING_MARK
                        || Character.UnicodeScript.of(c) == Character.UnicodeScript.HANGUL);
        return !OTHER_OFFSETS.contains(name) && !fallback && !moves;
    }

    /** The native library at hand decodes added tokens as they are spelled; later ones, and Java, as they are matched. */
    private static boolean usesNormalizedTokens(String name, HfTokenizer java, int[] ids) {
        if (!SMALL.containsKey(name) || SMALL.get(name).contains("\"normalizer\":null")) {
            return false;
        }
        Set<Integer> tokens = new HashSet<>();
        for (String content : List.of("Lily", "<think>", "   ", "\u00e9")) {
            int[] encoded = java.encode(content, false);
            tokens.add(encoded.length == 0 ? -1 : encoded[encoded.length - 1]);
        }
        return Arrays.stream(ids).anyMatch(tokens::contains);
    }

    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars()
                .forEach(c -> shown.append(c >= ' ' && c < 0x7F ? String.valueOf((char) c) : "\\u%04x".formatted(c)));
        return shown.toString();
    }

    @Test
    void theShippedTokenizerIsEqual() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped();
                InputStream in = checkpoint.files().open(HfTokenizer.FILE_NAME).orElseThrow();
                HfTokenizer java = HfTokenizer.load(checkpoint.files(), TokenizerChoice.JAVA)) {
            String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            try (NativeTokenizer hf = NativeTokenizer.create("shipped", json)) {
                checkMany("shipped", java, hf, 2000);
            }
        }
    }

    @Test
    void gptNeoxIsEqual() throws IOException {
        Path file = SHARED.resolve("tokenizers/gpt-neox-20b/tokenizer.json");
        assumeTrue(Files.exists(file), "the tokenizer of GPT-NeoX is not there, so nothing is compared: " + file);
        try (HfTokenizer java = HfTokenizer.load(file, TokenizerChoice.JAVA);
                NativeTokenizer hf = NativeTokenizer.create("neox", Files.readString(file))) {
            checkMany("neox", java, hf, 2000);
            for (String corpus : List.of("tinyshakespeare.txt", "wikitext2-test.txt")) {
                Path path = SHARED.resolve("corpora").resolve(corpus);
                if (Files.exists(path)) {
                    String text = Files.readString(path);
                    assertArrayEquals(hf.encode(text, true), java.encode(text), corpus);
                }
            }
        }
    }

    private static void checkMany(String name, HfTokenizer java, NativeTokenizer hf, int count) {
        RandomTexts random = new RandomTexts(SEED);
        for (String text : RandomTexts.WRITTEN) {
            check(name, text, java, hf);
        }
        for (int i = 0; i < count; i++) {
            check(name, random.next(), java, hf);
        }
    }

    @Test
    void longWordsAreEqual() throws IOException {
        RandomTexts random = new RandomTexts(SEED);
        StringBuilder text = new StringBuilder();
        while (text.length() < 30_000) {
            text.append(random.next());
        }
        for (String name : List.of("gpt2", "bytes only", "llama bytes true safe false", "llama bytes false safe true",
                "unigram", "tekken", "NFKC")) {
            String json = SMALL.get(name);
            try (HfTokenizer java = java(name, json); NativeTokenizer hf = NativeTokenizer.create(name, json)) {
                for (String whole : List.of(text.toString(), "ab".repeat(20_000), " ".repeat(20_000),
                        text.toString().replaceAll("\\s", ""))) {
                    assertArrayEquals(hf.encode(whole, true), java.encode(whole), name);
                }
            }
        }
    }

    @Test
    void specialTokensCanBeText() throws IOException {
        String json = SMALL.get("gpt2");
        try (HfTokenizer java = java("gpt2", json)) {
            String text = "x</s><|endoftext|><think>";
            int[] plain = java.encode(text, EncodeOptions.WHOLE.asPlainText());
            assertEquals(text, java.decode(plain));
            for (int id : plain) {
                assertFalse(java.isSpecial(id));
            }
            // Added tokens that are not special are still found.
            assertEquals(java.encode("<think>", false)[0], plain[plain.length - 1]);
        }
    }
}
