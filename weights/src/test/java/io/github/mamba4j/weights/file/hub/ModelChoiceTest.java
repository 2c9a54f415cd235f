package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ModelChoiceTest {
    private static final List<String> GGUFS = List.of("README.md", "m-BF16.gguf", "m-Q4_K_M.gguf", "m-UD-Q4_K_M.gguf",
            "m.Q5_K_S.gguf", "mmproj-m-F16.gguf", "m-imatrix.gguf", "big/m-Q8_0-00001-of-00002.gguf",
            "big/m-Q8_0-00002-of-00002.gguf");

    private static ModelChoice choose(String id, List<String> names) throws HubException {
        return ModelChoice.of(HubId.parse(id), names);
    }

    private static String refusal(String id, String... names) {
        return assertThrows(HubException.class, () -> choose(id, List.of(names))).getMessage();
    }

    @Test
    void safetensorsComeBeforeTheOthers() throws HubException {
        List<String> names = List.of("config.json", "merges.txt", "model.safetensors", "pytorch_model.bin",
                "tokenizer.json", "m-F16.gguf", "tf_model.h5", "vocab.json", "chat_template.jinja");
        ModelChoice choice = choose("a/b", names);
        assertEquals(new ModelChoice(ModelChoice.Format.SAFETENSORS, List.of("model.safetensors")), choice);
        assertEquals(List.of("config.json", "tokenizer.json", "chat_template.jinja"), choice.beside(names));
        List<String> torch = List.of("config.json", "merges.txt", "vocab.json", "pytorch_model.bin.index.json");
        assertTrue(choose("a/b", torch).isIndex());
        assertEquals(List.of("config.json", "vocab.json", "merges.txt"), choose("a/b", torch).beside(torch));
    }

    @Test
    void aTypeNamesOneGgufModel() throws HubException {
        assertEquals(List.of("m-Q4_K_M.gguf"), choose("a/b:Q4_K_M", GGUFS).weights());
        assertEquals(List.of("m-Q4_K_M.gguf"), choose("a/b:q4_k_m", GGUFS).weights());
        assertEquals(List.of("m-UD-Q4_K_M.gguf"), choose("a/b:UD-Q4_K_M", GGUFS).weights());
        assertEquals(List.of("m.Q5_K_S.gguf"), choose("a/b:Q5_K_S", GGUFS).weights());
        assertEquals(List.of("m.Q5_K_S.gguf"), choose("a/b:m.Q5_K_S.gguf", GGUFS).weights());
        assertEquals(GGUFS.subList(7, 9), choose("a/b:Q8_0", GGUFS).weights());
        assertEquals(List.of(), choose("a/b:Q8_0", GGUFS).beside(GGUFS));
    }

    @Test
    void withoutATypeTheUsualOneIsTaken() throws HubException {
        assertEquals(List.of("m-Q4_K_M.gguf"), choose("a/b", GGUFS).weights());
        assertEquals(List.of("x-IQ2_XS.gguf"), choose("a/b", List.of("x-IQ2_XS.gguf", "a.md")).weights());
        assertEquals(List.of("x-Q8_0.gguf"), choose("a/b", List.of("x-Q8_0.gguf", "x-F16.gguf")).weights());
    }

    @Test
    void saysWhatThereIsInstead() {
        assertTrue(refusal("a/b", "README.md").startsWith("a/b: expected config.json with model.safetensors"));
        assertEquals("a/b:Q3_K_S: expected a GGUF file of type Q3_K_S, found m-F16, m-Q8_0",
                refusal("a/b:Q3_K_S", "m-Q8_0.gguf", "m-F16.gguf"));
        // F16 is not BF16, and K_M is no type.
        assertTrue(refusal("a/b:F16", "m-BF16.gguf").contains("found m-BF16"));
        assertTrue(refusal("a/b:K_M", "m-Q4KK_M.gguf").contains("found m-Q4KK_M"));
        assertEquals("a/b:F16: expected one GGUF file of type F16, found m-F16, n-F16; one is named by a/b:NAME",
                refusal("a/b:F16", "m-F16.gguf", "n-F16.gguf"));
        assertEquals("a/b: m-F16-00001-of-00003.gguf: expected 3 parts, found 2",
                refusal("a/b", "m-F16-00001-of-00003.gguf", "m-F16-00003-of-00003.gguf"));
        String many = refusal("a/b:X", java.util.stream.IntStream.range(0, 99)
                .mapToObj(i -> "m" + i + ".gguf").toArray(String[]::new));
        assertTrue(many.endsWith(" and 87 more"), many);
    }

    @Test
    void aFileNameTellsItsType() {
        assertEquals(Optional.of("Q4_K_M"), ModelChoice.typeOf("dir/m-Q4_K_M"));
        assertEquals(Optional.of("UD-IQ2_XXS"), ModelChoice.typeOf("m-UD-IQ2_XXS"));
        assertEquals(Optional.of("f16"), ModelChoice.typeOf("m.f16"));
        assertEquals(Optional.empty(), ModelChoice.typeOf("model"));
    }
}
