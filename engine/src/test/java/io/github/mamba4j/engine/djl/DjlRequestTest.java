package io.github.mamba4j.engine.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.inference.Predictor;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.weights.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What DJL Serving's clients send, misspelled names, and vectors. */
class DjlRequestTest {
    @TempDir
    private static Path folder;

    private static ZooModel<Input, Output> model;
    private static Predictor<Input, Output> predictor;

    @BeforeAll
    static void open() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            for (String file : List.of("config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
                    "tokenizer_config.json")) {
                try (InputStream in = checkpoint.files().open(file).orElseThrow()) {
                    Files.copy(in, folder.resolve(file));
                }
            }
        }
        model = MambaCriteria.of(Input.class, Output.class, folder).optArgument("temperature", 0)
                .optArgument("max_new_tokens", 5).build().loadModel();
        predictor = model.newPredictor();
    }

    @AfterAll
    static void close() {
        predictor.close();
        model.close();
    }

    private static String generated(String prompt, int maxNewTokens) throws IOException {
        try (MambaModel plain = MambaModel.load(folder); TextGenerator generator = TextGenerator.of(plain)) {
            return generator.generate(prompt,
                    GenerationOptions.builder().temperature(0).maxNewTokens(maxNewTokens).build()).text();
        }
    }

    private static Input input(String contentType, byte[] data) {
        Input input = new Input();
        if (contentType != null) {
            input.addProperty("content-type", contentType);
        }
        input.add(data);
        return input;
    }

    private static String predict(String contentType, String data) throws TranslateException {
        return predictor.predict(input(contentType, data.getBytes(StandardCharsets.UTF_8))).getData().getAsString();
    }

    @Test
    void jsonIsReadWhereItIsCalledJson() throws Exception {
        String json = "{\"inputs\": \"Once upon\", \"parameters\": {\"max_new_tokens\": 3, \"seed\": null}}";
        assertEquals(generated("Once upon", 3), predict("application/json", json));
        assertEquals(generated("Once upon", 3), predict("application/json; charset=utf-8", "\uFEFF" + json));
        assertEquals(generated("Once upon", 5), predict("Application/JSON", "\"Once upon\""));
        assertEquals(generated("Once upon", 5), predict("application/json", "{\"inputs\": \"Once upon\"}"));
        assertEquals(generated("Once upon", 5), predict("text/plain", "Once upon"));
        assertEquals(generated(json, 5), predict(null, json));
    }

    private static String refusal(Input input) {
        Throwable e = assertThrows(TranslateException.class, () -> predictor.predict(input));
        String message = "";
        for (; e != null; e = e.getCause()) {
            message += e.getMessage() + " / ";
        }
        return message;
    }

    @Test
    void noDataIsSaid() {
        assertTrue(refusal(new Input()).contains("the input has no data: expected a prompt"), refusal(new Input()));
        assertTrue(refusal(input(null, new byte[]{(byte) 0xFF, 1})).contains("expected text in UTF-8"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '#', value = {"{~is no JSON", "''~is no JSON",
            "[]~a string \"inputs\"",
            "{\"inputs\": 5}~a string \"inputs\"", "{\"inputs\": \"a\", \"parameter\": {}}~unknown key 'parameter'",
            "{\"inputs\": \"a\", \"parameters\": 5}~parameters: expected an object",
            "{\"inputs\": \"a\", \"parameters\": {\"max_tokens\": 5}}~unknown name 'max_tokens'",
            "{\"inputs\": \"a\", \"parameters\": {\"top_p\": 7}}~top_p: expected a number above 0",
            "{\"inputs\": \"a\", \"parameters\": {\"max_new_tokens\": -1}}~max_new_tokens: expected 0 or more",
            "{\"inputs\": \"a\", \"parameters\": {\"stop\": {}}}~stop: expected a value"})
    void whatIsWrongWithJsonIsSaid(String json, String expected) {
        String message = refusal(input("application/json", json.getBytes(StandardCharsets.UTF_8)));
        assertTrue(message.contains(expected), message);
    }

    @Test
    void misspelledNamesAreRefused() {
        Exception e = assertThrows(IllegalArgumentException.class,
                () -> MambaCriteria.text(folder).optArgument("max_tokens", 10).build().loadModel());
        assertTrue(e.getMessage().startsWith("unknown name 'max_tokens': expected one of ")
                && e.getMessage().contains("max_new_tokens"), e.getMessage());
        e = assertThrows(IllegalArgumentException.class,
                () -> MambaCriteria.text(folder).optOption("foo", "x").build().loadModel());
        assertEquals("unknown name 'foo': expected one of dtype, kernels, max_rows_per_pass, threads", e.getMessage());
    }

    @Test
    void aTextHasAVector() throws Exception {
        try (var embedding = MambaCriteria.of(String.class, float[].class, folder).optArgument("pooling", "mean")
                .optArgument("normalize", true).build().loadModel();
                var vectors = embedding.newPredictor();
                MambaModel plain = MambaModel.load(folder);
                TextGenerator generator = TextGenerator.of(plain)) {
            float[] expected = Embedder.normalize(new Embedder(plain).embed(Embedder.Pooling.MEAN,
                    generator.tokenizer().orElseThrow().encode("a dog")));
            assertArrayEquals(expected, vectors.predict("a dog"));
            List<float[]> batch = vectors.batchPredict(List.of("a cat and a bird", "a dog"));
            assertArrayEquals(expected, batch.get(1));
        }
    }
}
