package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;

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
            mamba(Stream.concat(Arrays.stream(command), Stream.of(option, value)).toArray(String[]::new)).failed(code,
                    parts);
        }
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
    @CsvSource({"falcon_mamba", "mamba2", "llama"})
    void anotherArchitectureIsRefusedByName(String family) throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"" + family + "\"}");
        Files.copy(Path.of(golden("mamba-base"), "model.safetensors"), folder.resolve("model.safetensors"));
        everyCommandFails("--model", folder.toString(), 1, family);
    }

    @Test
    void hubNamesAndGgufFilesAreRefusedByName() {
        everyCommandFails("--model", "state-spaces/mamba-130m-hf", 1, "state-spaces/mamba-130m-hf", "hub");
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
    void anEmptyPrompt() throws IOException {
        mamba("generate", "").failed(2, "prompt is empty");
        mambaReading("\n", "generate", "--prompt-file", "-").failed(2, "prompt is empty");
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
    void aMessageIsOneLineWhateverTheFileIsCalled() {
        mamba("info", "--model", folder.resolve("two\nlines\u001b[31m").toString()).failed(1, "lines?[31m");
    }
}
