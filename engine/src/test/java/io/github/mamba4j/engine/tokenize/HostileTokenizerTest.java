package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files and texts that end the process in native code, or take time or memory without bound. */
class HostileTokenizerTest {
    private static final Duration A_MOMENT = Duration.ofSeconds(30);
    private static final String PLAIN = """
        {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [ADDED], "normalizer": NORMALIZER,
         "pre_tokenizer": PRETOKENIZER, "post_processor": POSTPROCESSOR,
         "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
         "model": {"type": "BPE", "dropout": DROPOUT, "unk_token": UNK, "continuing_subword_prefix": PREFIX,
          "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": {"a": 0, "b": 1}, "merges": []}}""";
    private static final String ADDED = "{\"id\": 2, \"content\": \"CONTENT\", \"single_word\": false, \"lstrip\": false, "
            + "\"rstrip\": false, \"normalized\": true, \"special\": false}";

    private static String file(String... changes) {
        String json = PLAIN;
        for (int i = 0; i < changes.length; i += 2) {
            json = json.replace(changes[i], changes[i + 1]);
        }
        for (String part : List.of("NORMALIZER", "PRETOKENIZER", "POSTPROCESSOR", "DROPOUT", "UNK", "PREFIX")) {
            json = json.replace(part, "null");
        }
        return json.replace("ADDED", "");
    }

    private static HfTokenizer load(String json, TokenizerChoice choice) throws IOException {
        return HfTokenizer.load("made by hand", new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                choice);
    }

    private static void refused(String json, TokenizerChoice choice, String what) {
        String message = assertThrows(CheckpointException.class, () -> load(json, choice)).getMessage();
        assertTrue(message.startsWith("made by hand: ") && message.contains(what), message);
        assertTrue(message.length() < 600 && message.lines().count() == 1, message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {"' ' # {'type':'Strip','strip_left':true,'strip_right':true}",
            "'\u0301' # {'type':'StripAccents'}", "zz # {'type':'Replace','pattern':{'String':'zz'},'content':''}"})
    void anAddedTokenThatIsNothingIsRefusedOrNeverFound(String content, String normalizer) throws IOException {
        String json = file("ADDED", ADDED.replace("CONTENT", content.replace("'", "")), "NORMALIZER",
                normalizer.replace('\'', '"'));
        refused(json, TokenizerChoice.HF, "added tokens that stay something");
        try (HfTokenizer tokenizer = load(json, TokenizerChoice.AUTO)) {
            assertEquals(TokenizerChoice.JAVA, tokenizer.implementation());
            assertArrayEquals(new int[]{0, 0, 1}, tokenizer.encode("\u00e9t\u00e9 aab"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {"PRETOKENIZER # {'type':'FixedLength','length':0} # FixedLength",
            "NORMALIZER # {'type':'Precompiled','precompiled_charsmap':'AAAA'} # Precompiled",
            "NORMALIZER # {'type':'Precompiled','precompiled_charsmap':''} # Precompiled",
            "PRETOKENIZER # {'type':'Mystery'} # Mystery", "POSTPROCESSOR # {'type':'Mystery'} # Mystery",
            "DROPOUT # 0.1 # dropout", "PREFIX # \"@@\" # @@", "UNK # \"x\" # unk",
            "PRETOKENIZER # {'type':'Split','pattern':{'Regex':'(a+)+\\\\1'},'behavior':'Isolated','invert':false} # pattern",
            "NORMALIZER # {'type':'Replace','pattern':{'String':''},'content':''} # not empty"})
    void whatIsNotListedIsRefusedByName(String part, String value, String name) {
        String json = file(part, value.replace('\'', '"'));
        refused(json, TokenizerChoice.AUTO, name);
        refused(json, TokenizerChoice.HF, name);
        if (!name.equals("not empty")) {
            refused(json, TokenizerChoice.JAVA, name.equals("unk") ? "unknown token" : name);
        }
    }

    @Test
    void patternsThatBacktrackAreHarmlessInJava() {
        for (String pattern : List.of("(a+)+$", "(a|a)+b", "(a|aa)+$", "(a+)+(b|$)")) {
            String split = "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + pattern
                    + "\"},\"behavior\":\"Isolated\",\"invert\":false}";
            String json = file("PRETOKENIZER", split);
            refused(json, TokenizerChoice.HF, "pattern");
            assertTimeoutPreemptively(A_MOMENT, () -> {
                try (HfTokenizer tokenizer = load(json, TokenizerChoice.AUTO)) {
                    assertEquals(30, tokenizer.encode("a".repeat(30) + "!").length);
                    assertEquals(1_000_000, tokenizer.encode("a".repeat(1_000_000) + "!").length);
                }
            });
        }
    }

    @Test
    void nestedGroupsAndPartsAreRefused() {
        String pattern = "(".repeat(5000) + "a" + ")".repeat(5000);
        String split = "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + pattern
                + "\"},\"behavior\":\"Isolated\",\"invert\":false}";
        refused(file("PRETOKENIZER", split), TokenizerChoice.AUTO, "pattern");
        String deep = "{\"type\":\"Sequence\",\"normalizers\":[".repeat(1000) + "]}".repeat(1000);
        refused(file("NORMALIZER", deep), TokenizerChoice.AUTO, "JSON cannot be read");
        String wide = "{\"type\":\"Sequence\",\"normalizers\":[" + "{\"type\":\"NFC\"},".repeat(5000)
                + "{\"type\":\"NFC\"}]}";
        refused(file("NORMALIZER", wide), TokenizerChoice.AUTO, "at most 100 parts");
    }

    @Test
    void aTextThatWouldGrowWithoutBoundIsRefused() throws IOException {
        String replace = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"" + "a".repeat(1000)
                + "\"}";
        String json = file("NORMALIZER", "{\"type\":\"Sequence\",\"normalizers\":["
                + String.join(",", replace, replace, replace, replace) + "]}");
        refused(json, TokenizerChoice.HF, "times as long");
        try (HfTokenizer tokenizer = load(json, TokenizerChoice.AUTO)) {
            assertTimeoutPreemptively(A_MOMENT, () -> {
                String message = assertThrows(IllegalArgumentException.class, () -> tokenizer.encode("a".repeat(1000)))
                        .getMessage();
                assertTrue(message.contains("normalizer"), message);
            });
        }
    }

    @Test
    void manyAddedTokensAreLoadedInAMoment() {
        StringBuilder added = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            added.append(i == 0 ? "" : ",").append(ADDED.replace("CONTENT", "aaaa" + i));
        }
        String json = file("ADDED", added.toString());
        assertTimeoutPreemptively(A_MOMENT, () -> {
            try (HfTokenizer tokenizer = load(json, TokenizerChoice.AUTO)) {
                assertArrayEquals(new int[]{0, 5 + 2, 1}, tokenizer.encode("aaaaa5b"));
            }
        });
        refused(json, TokenizerChoice.HF, "added tokens");
        added.append(("," + ADDED.replace("CONTENT", "x")).repeat(50_000));
        refused(file("ADDED", added.toString()), TokenizerChoice.AUTO, "added tokens");
        refused(file("ADDED", ADDED.replace("CONTENT", "a".repeat(5000))), TokenizerChoice.AUTO, "2000 characters");
    }

    @Test
    void aTemplateWithManyTokensIsRefused() {
        String template = "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"a\",\"type_id\":0}},"
                + "{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}],\"pair\":[],\"special_tokens\":{\"a\":{\"id\":\"a\",\"ids\":[0"
                + ",0".repeat(3000) + "],\"tokens\":[\"a\"]}}}";
        refused(file("POSTPROCESSOR", template), TokenizerChoice.AUTO, "1000 tokens");
        String huge = template.replace(",0".repeat(3000), ",0".repeat(300_000));
        refused(file("POSTPROCESSOR", huge), TokenizerChoice.AUTO, "values");
    }

    @Test
    void aPartOfManyEmptyValuesTakesNoMemory() {
        String objects = "{\"x\":[" + "{},".repeat(2_000_000) + "{}]}";
        assertTimeoutPreemptively(A_MOMENT,
                () -> refused(file("POSTPROCESSOR", objects), TokenizerChoice.AUTO, "values"));
    }

    @Test
    void textsWithoutBordersTakeLittleMoreThanLinearTime() {
        Random random = new Random(5);
        StringBuilder marks = new StringBuilder("a");
        for (int i = 0; i < 300_000; i++) {
            marks.append(random.nextBoolean() ? '\u0301' : '\u0323');
        }
        for (String name : List.of("gpt2", "bytes only", "NFKC", "llama bytes true safe false", "unigram", "tekken",
                "other")) {
            assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
                try (HfTokenizer tokenizer = TokenizerEqualityTest.java(name, SmallTokenizers.all().get(name))) {
                    for (String text : List.of("a".repeat(500_000), " ".repeat(500_000), marks.toString(),
                            "ab'".repeat(150_000), "\ud83d\ude00".repeat(200_000))) {
                        assertTrue(tokenizer.encode(text).length > 0);
                    }
                }
            }, name);
        }
    }

    @Test
    void anInterruptEndsALongText() throws IOException {
        for (String name : List.of("gpt2", "bytes only", "llama bytes true safe false", "unigram", "NFC")) {
            try (HfTokenizer tokenizer = TokenizerEqualityTest.java(name, SmallTokenizers.all().get(name))) {
                Thread.currentThread().interrupt();
                assertThrows(CancellationException.class, () -> tokenizer.encode("a\u0301b ".repeat(500_000)), name);
                assertTrue(Thread.interrupted());
                assertTrue(tokenizer.encode("as before").length > 0);
            }
        }
    }

    @Test
    void changedFilesAreReadOrRefused() {
        Random random = new Random(17);
        List<String> kinds = List.of("llama3", "llama bytes true safe true", "unigram bytes", "falcon",
                "split Contiguousfalse");
        int read = 0;
        for (int i = 0; i < 400; i++) {
            StringBuilder json = new StringBuilder(SmallTokenizers.all(kinds.get(i % kinds.size())));
            for (int k = random.nextInt(3); k >= 0; k--) {
                int at = random.nextInt(json.length());
                switch (random.nextInt(4)) {
                    case 0 -> json.deleteCharAt(at);
                    case 1 -> json.setCharAt(at, (char) (32 + random.nextInt(95)));
                    case 2 -> json.insert(at, json.substring(at, Math.min(json.length(), at + random.nextInt(40))));
                    default -> json.delete(at, Math.min(json.length(), at + random.nextInt(30)));
                }
            }
            try (HfTokenizer tokenizer = load(json.toString(), TokenizerChoice.JAVA)) {
                tokenizer.decode(tokenizer.encode("It's 1234 caf\u00e9s, Lily </s>!"));
                read++;
            } catch (CheckpointException e) {
                assertTrue(e.getMessage().startsWith("made by hand: "), e.getMessage());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        assertTrue(read > 20, "only " + read + " were read");
    }
}
