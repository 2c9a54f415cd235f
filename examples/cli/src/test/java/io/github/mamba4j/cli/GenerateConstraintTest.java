package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateConstraintTest {
    private static final String PETS = "[1-9] (cats|dogs|birds)";
    private static final String SCHEMA = """
        {"type": "object",
         "properties": {
           "name": {"type": "string", "maxLength": 12},
           "animal": {"enum": ["dog", "cat", "bird"]},
           "age": {"type": "integer", "minimum": 1, "maximum": 20}},
         "required": ["name", "animal", "age"]}""";
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @TempDir
    private Path folder;

    private String schemaFile(String schema) throws IOException {
        return Files.writeString(folder.resolve("a schema.json"), schema).toString();
    }

    private static void assertIsPet(String text) throws IOException {
        JsonNode pet = MAPPER.readTree(text);
        assertEquals(3, pet.size(), text);
        assertTrue(pet.get("name").isTextual() && pet.get("name").textValue().length() <= 12, text);
        assertTrue(Set.of("dog", "cat", "bird").contains(pet.get("animal").textValue()), text);
        assertTrue(pet.get("age").isInt() && pet.get("age").intValue() >= 1 && pet.get("age").intValue() <= 20, text);
    }

    @Test
    void aTextMatchesTheRegularExpressionWhateverTheSeed() throws IOException {
        Set<String> texts = new HashSet<>();
        for (int seed = 0; seed < 8; seed++) {
            JsonNode json = mamba("generate", "Tom has ", "--regex", PETS, "--seed", Integer.toString(seed),
                    "--temperature", "2", "--json").json();
            String text = json.get("text").textValue();
            assertTrue(text.matches(PETS), text);
            assertEquals("constraint", json.get("finish_reason").textValue());
            texts.add(text);
        }
        assertTrue(texts.size() > 1, texts::toString);
    }

    @Test
    void aTextIsJsonOfTheSchemaWhateverTheSeed() throws IOException {
        String file = schemaFile(SCHEMA);
        for (int seed = 0; seed < 8; seed++) {
            assertIsPet(mamba("generate", "Tim had a pet. ", "--json-schema", file, "--seed", Integer.toString(seed),
                    "--temperature", "1.5").succeeded().out());
        }
    }

    @Test
    void aTextThatCouldGoOnForEverIsWholeAtItsLength() throws IOException {
        String file = schemaFile("{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"minItems\": 1}");
        JsonNode json = mamba("generate", "A list: ", "--json-schema", file, "--seed", "3", "--max-new-tokens", "30",
                "--ignore-eos", "--json").json();
        assertTrue(MAPPER.readTree(json.get("text").textValue()).isArray(), json::toString);
    }

    @Test
    void aLineOfABatchHasItsOwnConstraintOrThatOfTheCommandLine() throws IOException {
        String lines = """
            {"prompt": "Tom has "}
            {"prompt": "Tim had a pet. ", "json_schema": %s}
            {"prompt": "Tom is ", "regex": "(good|bad)"}
            {"prompt": "Sue had a pet. ", "json_schema": %s, "temperature": 0}
            """.formatted(SCHEMA.replace("\n", " "), SCHEMA.replace("\n", " "));
        List<String> results = mambaReading(lines, "generate", "--prompt-file", "-", "--batch", "4", "--regex", PETS,
                "--seed", "5").succeeded().out().lines().toList();
        assertEquals(4, results.size());
        assertTrue(text(results.get(0)).matches(PETS), results::toString);
        assertIsPet(text(results.get(1)));
        assertTrue(text(results.get(2)).matches("good|bad"), results::toString);
        assertIsPet(text(results.get(3)));
        JsonNode alone = mamba("generate", "Tom has ", "--regex", PETS, "--seed", "5", "--json").json();
        assertEquals(alone.get("token_ids"), MAPPER.readTree(results.getFirst()).get("token_ids"));
    }

    private static String text(String result) throws IOException {
        return MAPPER.readTree(result).get("text").textValue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"regex\": \"[\"", "\"regex\": 5", "\"regex\": null", "\"json_schema\": 5",
            "\"json_schema\": {\"type\": \"fish\"}", "\"json_schema\": {\"patternProperties\": {}}",
            "\"regex\": \"a\", \"json_schema\": true"})
    void aLineWithABadConstraintIsReportedByItsKey(String constraint) {
        String key = constraint.substring(1, constraint.indexOf('"', 1));
        mambaReading("{\"prompt\": \"a\", " + constraint + "}", "generate", "--prompt-file", "-", "--batch", "1")
                .failed(1, "line 1: ", key);
    }

    @Test
    void everyAnswerOfAConversationKeepsToTheConstraint() {
        CliRun run = mambaReading("Tom has\nSue has\n", "chat", "--regex", " " + PETS, "--seed", "2").succeeded();
        assertEquals(2, run.out().lines().count(), run.out());
        assertTrue(run.out().lines().allMatch(line -> line.matches(" " + PETS)), run.out());
    }

    @ParameterizedTest
    @CsvSource({"[1-9, position 0", "a(?=b), lookahead", "(a)\\1, backreference"})
    void aBadRegularExpressionIsAUsageError(String pattern, String part) {
        mamba("generate", "x", "--regex", pattern).failed(2, "--regex", part);
        mamba("chat", "--regex", pattern).failed(2, "--regex", part);
    }

    @Test
    void theEmptyRegularExpressionAllowsNoText() {
        assertEquals("\n", mamba("generate", "x", "--regex", "").succeeded().out());
    }

    @Test
    void aBadSchemaIsAFailureThatNamesTheFile() throws IOException {
        String missing = folder.resolve("missing.json").toString();
        mamba("generate", "x", "--json-schema", missing).failed(1, missing, "no such file");
        mamba("generate", "x", "--json-schema", folder.toString()).failed(1, folder.toString());
        for (String schema : List.of("", "{", "{\"type\": \"fish\"}", "{\"not\": {}}", "{} {}", "false")) {
            mamba("generate", "x", "--json-schema", schemaFile(schema)).failed(1, "a schema.json");
        }
        mamba("generate", "x", "--json-schema", schemaFile("{\n\"type\"")).failed(1,
                "a schema.json, line 2: not JSON: ");
        mamba("generate", "x", "--json-schema", schemaFile("{\"patternProperties\": {}}")).failed(1,
                "'patternProperties' is not supported");
    }

    @Test
    void oneConstraintIsEnough() {
        mamba("generate", "x", "--regex", "a", "--json-schema", "f").failed(2, "--regex", "--json-schema");
    }

    @Test
    void aConstraintNeedsATokenizer() {
        mamba("generate", "--model", golden("mamba-base"), "--token-ids", "1", "--regex", "a").failed(1, "--tokenizer");
    }

    @Test
    void aTextThatIsCutIsNoSuccess() throws IOException {
        CliRun run = mamba("generate", "Tom has ", "--json-schema", schemaFile(SCHEMA), "--seed", "1",
                "--max-new-tokens",
                "5");
        assertEquals(Failures.INCOMPLETE, run.code());
        assertTrue(run.err().startsWith("mamba: warning: the text was cut by its number of tokens (5)"), run.err());
        assertEquals(1, run.err().lines().count());
        CliRun json = mamba("generate", "Tom has ", "--json-schema", schemaFile(SCHEMA), "--max-new-tokens", "5",
                "--json");
        assertEquals(Failures.INCOMPLETE, json.code());
        assertEquals("false", MAPPER.readTree(json.out()).get("complete").toString());
        CliRun chat = mambaReading("Hello\n", "chat", "--regex", "[0-9]{30}", "--max-new-tokens", "5");
        assertEquals(Failures.INCOMPLETE, chat.code());
        assertTrue(mamba("generate", "--help").out().contains("the text was cut before it fitted"), "the help says so");
    }

    @Test
    void whoAsksForAWholeTextGetsOneOrARefusal() throws IOException {
        mamba("generate", "Tom has ", "--json-schema", SCHEMA, "--close", "--max-new-tokens", "5").failed(2,
                "--max-new-tokens: expected at least ");
        assertIsPet(mamba("generate", "Tom has ", "--json-schema", SCHEMA, "--close", "--max-new-tokens", "60",
                "--timeout", "0.000001").out());
    }

    @Test
    void aSchemaOnTheCommandLineIsNoFile() throws IOException {
        assertIsPet(mamba("generate", "Tom has ", "--json-schema", "\n" + SCHEMA, "--seed", "3").succeeded().out());
        mamba("generate", "x", "--json-schema", "{\"type\": \"text\"}").failed(1,
                "--json-schema: JSON schema at #: 'type'");
        assertIsPet(mamba("generate", "Tom has ", "--json-schema", schemaFile("\uFEFF" + SCHEMA)).succeeded().out());
        CliRun odd = mamba("generate", "x", "--json-schema", "{\"type\": \"null\", \"propertys\": 1}");
        assertEquals(0, odd.code());
        assertTrue(odd.err().startsWith("mamba: warning: --json-schema: JSON schema at #: the keyword 'propertys'"),
                odd.err());
    }
}
