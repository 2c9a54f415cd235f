package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people get wrong: one line says what, and nothing is printed that could be taken for a result. */
class BadInputTest {
    @TempDir
    private Path folder;

    private static final String[][] WITH_MODEL = {{"generate", "--token-ids", "1,2"}, {"score", "--token-ids", "1,2"},
            {"tokenize", "x"}, {"info"}};

    private static void everyCommandFails(String option, String value, int code, String... parts) {
        for (String[] command : WITH_MODEL) {
            mamba(with(command, option, value)).failed(code, parts);
        }
    }

    private static String[] with(String[] command, String... more) {
        return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void aMissingModelFolder() {
        everyCommandFails("--model", folder.resolve("nothing").toString(), 1, "nothing");
    }

    @Test
    void aFolderWithoutAConfiguration() {
        everyCommandFails("--model", folder.toString(), 1, folder.toString(), "config.json");
    }

    @Test
    void aFolderWithoutWeights() throws IOException {
        Files.copy(Path.of(golden("mamba-base"), "config.json"), folder.resolve("config.json"));
        everyCommandFails("--model", folder.toString(), 1, folder.toString(), "model.safetensors");
    }

    @Test
    void aTruncatedSafetensorsFile() throws IOException {
        Files.copy(Path.of(golden("mamba-base"), "config.json"), folder.resolve("config.json"));
        byte[] whole = Files.readAllBytes(Path.of(golden("mamba-base"), "model.safetensors"));
        Path file = folder.resolve("model.safetensors");
        for (int length : new int[]{0, 7, 100, whole.length / 2, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, length));
            everyCommandFails("--model", folder.toString(), 1, "model.safetensors");
        }
    }

    @ParameterizedTest
    @CsvSource({"llama", "rwkv"})
    void anotherArchitectureIsRefusedByName(String family) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"" + family + "\"}");
        Files.copy(Path.of(golden("mamba-base"), "model.safetensors"), folder.resolve("model.safetensors"));
        everyCommandFails("--model", folder.toString(), 1, family);
    }

    @Test
    void hubNamesAndGgufFilesAreRefusedByName() {
        everyCommandFails("--model", "nobody/no-such-model", 1, "nobody/no-such-model",
                "'mamba download nobody/no-such-model' fetches it");
        everyCommandFails("--model", folder.resolve("model.gguf").toString(), 1, "GGUF", "model.gguf");
    }

    @ParameterizedTest
    @CsvSource({"--dtype, q8_0, q8_0 is not supported yet", "--dtype, q4_0, q4_0 is not supported yet",
            "--dtype, int3, found 'int3'", "--threads, 0, 1 to 1024", "--threads, -1, 1 to 1024",
            "--threads, many, many", "--kernels, cuda, found 'cuda'"})
    void impossibleWaysToRunAModel(String option, String value, String part) {
        mamba("generate", "--token-ids", "1", option, value).failed(2, option, part);
        mamba("score", "--token-ids", "1,2", option, value).failed(2, option, part);
    }

    @ParameterizedTest
    @CsvSource({"--temperature, -1", "--temperature, NaN", "--temperature, hot", "--top-p, 0", "--top-p, 1.5",
            "--top-k, -1", "--min-p, 2", "--repetition-penalty, 0", "--max-new-tokens, -1", "--max-new-tokens, 1e3",
            "--seed, x", "--stop, ''"})
    void impossibleWaysToGenerate(String option, String value) {
        mamba("generate", "Once", option, value).failed(2, option);
    }

    @Test
    void noPromptAtAll() throws IOException {
        mamba("generate", "--token-ids", "").failed(2, "--token-ids");
        mamba("generate").failed(2, "PROMPT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1024", "-1", "0,99999", "5,2147483647"})
    void tokenIdsOutsideTheVocabulary(String ids) {
        mamba("generate", "--token-ids=" + ids).failed(1, "0 to 1023");
        mamba("score", "--token-ids=1," + ids).failed(1, "0 to 1023");
    }

    @Test
    void tokenIdsThatAreNoNumbers() {
        mamba("generate", "--token-ids", "1,two").failed(2, "two");
        mamba("generate", "--token-ids", "1,99999999999").failed(2, "99999999999");
    }

    @Test
    void filesThatCannotBeRead() throws IOException {
        String missing = folder.resolve("missing.txt").toString();
        String bytes = Files.write(folder.resolve("bytes.txt"), new byte[]{'a', (byte) 0xff, 'b'}).toString();
        for (String[] command : new String[][]{{"generate", "--prompt-file"}, {"score", "--file"},
                {"tokenize", "--file"}}) {
            mamba(command[0], command[1], missing).failed(1, missing, "no such file");
            mamba(command[0], command[1], folder.toString()).failed(1, folder.toString());
            mamba(command[0], command[1], bytes).failed(1, bytes, "UTF-8");
        }
    }

    @Test
    void aTokenizerThatIsNone() throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), "{\"model\": 1}");
        mamba("generate", "x", "--tokenizer", file.toString()).failed(1, file.toString());
        mamba("generate", "x", "--tokenizer", folder.resolve("none.json").toString()).failed(1, "none.json");
        mamba("generate", "x", "--model", golden("mamba-base")).failed(1, "tokenizer");
    }

    @Test
    void aPlaceWhereNothingCanBeWrittenIsFoundOutBeforeTheWork() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken.svg"));
        String nowhere = folder.resolve("none").resolve("x.svg").toString();
        for (String[] command : new String[][]{{"generate", "Once", "--state-out"},
                {"embed", "--text", "a", "--output"},
                {"inspect", "--text", "a", "--output"}}) {
            mamba(with(command, taken.toString())).failed(1, taken.toString(), "found a folder");
            mamba(with(command, nowhere)).failed(1, nowhere, "there is no folder");
            mamba(with(command, "")).failed(2, command[command.length - 1], "empty name");
        }
        mamba("generate", "Once", "--state-out", "/").failed(1, "/");
        mambaReading("/save " + taken, "chat").failed(1, taken + ": expected a file");
        mambaReading("/save " + nowhere, "chat").failed(1, nowhere + ": there is no folder");
    }

    /** As scripts give them whose variable is not set. */
    @Test
    void emptyNames() {
        everyCommandFails("--model", "", 1, "--model", "empty name");
        everyCommandFails("--tokenizer", "", 2, "--tokenizer", "empty name");
        mamba("generate", "--prompt-file", "").failed(1, "empty name");
        mamba("score", "--file", "").failed(1, "empty name");
        mamba("embed", "--file", "").failed(1, "empty name");
        mamba("generate", "--state-in", "").failed(2, "--state-in", "empty name");
    }

    @Test
    void aSavedTextThatIsNoFile() {
        mamba("generate", "--state-in", folder.toString()).failed(1, folder.toString());
    }

    @Test
    void aFolderThatIsMissingBesideThisOneIsNoHubName() {
        CliRun run = mamba("info", "--model", "./nowhere").failed(1, "nowhere");
        assertFalse(run.err().contains("hub"), run.err());
    }

    @Test
    void aMessageIsOneLineWhateverTheFileIsCalled() {
        mamba("info", "--model", folder.resolve("two\nlines\u001b[31m").toString()).failed(1, "lines?[31m");
    }
}
