package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class TokenizeCommandTest {
    @Test
    void eachTokenIsALine() {
        assertEquals("""
            0\t""\tspecial
            410\t"Once"
            435\t" upon"
            259\t" a"
            384\t" time"
            """, mamba("tokenize", "Once upon a time").succeeded().out());
    }

    @Test
    void idsAloneCanBeGivenToOtherCommands() {
        assertEquals("0,410,435,259,384\n", mamba("tokenize", "--ids", "Once upon a time").succeeded().out());
        assertEquals("410\n", mamba("tokenize", "--ids", "--no-special-tokens", "Once").succeeded().out());
        assertEquals("0,410\n", mambaReading("Once", "tokenize", "--ids", "--file", "-").succeeded().out());
    }

    @Test
    void decodingGivesTheTextBack() throws IOException {
        String text = "A caf\u00E9 \u2013 \uD83D\uDE00";
        String ids = mamba("tokenize", "--ids", text).succeeded().out().strip();
        assertEquals(text + "\n", mamba("tokenize", "--decode", ids).succeeded().out());
        assertEquals(text, mamba("tokenize", "--decode", ids, "--json").json().get("text").textValue());
    }

    @Test
    void jsonHasIdsAndTheirTexts() throws IOException {
        JsonNode json = mamba("tokenize", "--json", "Once upon").json();
        assertEquals("[0,410,435]", json.get("token_ids").toString());
        assertEquals("[\"\",\"Once\",\" upon\"]", json.get("tokens").toString());
    }

    @Test
    void anotherTokenizerCanBeNamed() {
        mamba("tokenize", "--model", golden("mamba-base"), "x").failed(1, "tokenizer.json");
        mamba("tokenize", "--tokenizer", golden("mamba-base"), "x").failed(1, "tokenizer.json");
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        mamba("tokenize", "--decode", "1,1024").failed(1, "token id 1024", "0 to 1023");
    }
}
