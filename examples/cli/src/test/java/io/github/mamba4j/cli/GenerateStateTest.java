package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.MambaModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateStateTest {
    @TempDir
    private Path folder;

    private List<Integer> tokens(String... args) throws IOException {
        List<String> all = new ArrayList<>(List.of("generate", "--json", "--seed", "3", "--ignore-eos",
                "--repetition-penalty", "1.1"));
        all.addAll(List.of(args));
        List<Integer> tokens = new ArrayList<>();
        JsonNode json = mamba(all.toArray(String[]::new)).json();
        json.get("token_ids").forEach(id -> tokens.add(id.intValue()));
        return tokens;
    }

    private String state() {
        return folder.resolve("text.state").toString();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 39})
    void goingOnGivesWhatOneLongerRunWouldHaveGiven(int first) throws IOException {
        List<Integer> whole = tokens("Once upon a time", "--max-new-tokens", "40");
        List<Integer> parts = new ArrayList<>(tokens("Once upon a time", "--max-new-tokens", Integer.toString(first),
                "--state-out", state()));
        parts.addAll(tokens("--state-in", state(), "--max-new-tokens", Integer.toString(40 - first)));
        assertEquals(whole, parts);
    }

    @Test
    void aConversationGoesOnInOneFile() throws IOException {
        List<Integer> whole = tokens("--token-ids", "0,410,435,259,384,12,382", "--max-new-tokens", "20");
        tokens("Once upon", "--max-new-tokens", "0", "--state-out", state());
        tokens(" a time", "--max-new-tokens", "0", "--state-in", state(), "--state-out", state());
        assertEquals(whole, tokens("--token-ids", "12,382", "--max-new-tokens", "20", "--state-in", state()));
    }

    @Test
    void nothingButTheFileIsLeftInTheFolder() throws IOException {
        tokens("Once", "--max-new-tokens", "2", "--state-out", state());
        tokens("Once", "--max-new-tokens", "2", "--state-out", state());
        try (var files = Files.list(folder)) {
            assertEquals(List.of(folder.resolve("text.state")), files.toList());
        }
    }

    @Test
    void whatIsSavedIsWhatIsLoaded() throws IOException {
        Path file = folder.resolve("text.state");
        try (MambaModel model = MambaModel.shipped()) {
            var state = model.newState();
            model.prefill(state, 5, 6, 7);
            new SavedText(new int[]{5, 6, 7}, 8, state).save(file);
            SavedText loaded = SavedText.load(file, model);
            assertArrayEquals(new int[]{5, 6, 7}, loaded.consumed());
            assertEquals(8, loaded.pendingToken());
            assertArrayEquals(model.step(state, 8), model.step(loaded.state(), 8));
        }
    }

    @Test
    void aDamagedFileIsRefused() throws IOException {
        tokens("Once", "--max-new-tokens", "2", "--state-out", state());
        byte[] whole = Files.readAllBytes(Path.of(state()));
        for (int length : new int[]{0, 7, 19, 20, 30, whole.length / 2, whole.length - 1}) {
            refused(Arrays.copyOf(whole, length));
        }
        refused(Arrays.copyOf(whole, whole.length + 1));
        for (int position : new int[]{0, 8, 12, 16, 17, 19, 20, 24, 36, 60, whole.length / 2, whole.length - 1}) {
            byte[] changed = whole.clone();
            changed[position] ^= 0x55;
            refused(changed);
        }
    }

    private void refused(byte[] content) throws IOException {
        Path file = Files.write(folder.resolve("damaged.state"), content);
        mamba("generate", "--state-in", file.toString()).failed(1, "damaged.state: ");
    }

    @Test
    void aForeignFileIsRefused() throws IOException {
        mamba("generate", "--token-ids", "1,2", "--max-new-tokens", "2", "--model", golden("mamba-base"), "--state-out",
                state()).succeeded();
        mamba("generate", "--state-in", state()).failed(1, "text.state: ");
        mamba("generate", "--model", golden("mamba-f16"), "--state-in", state()).failed(1, "text.state: ");
        mamba("generate", "--state-in", folder.resolve("none").toString()).failed(1, "none");
    }

    @Test
    void aFolderThatIsNotThereIsFoundBeforeTheTextIsGenerated() {
        Path file = folder.resolve("no").resolve("text.state");
        mamba("generate", "Once", "--state-out", file.toString()).failed(1, file.toString(), "there is no folder");
        assertFalse(Files.exists(file));
    }
}
