package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Beam;
import io.github.mamba4j.engine.generate.BeamOptions;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationOutcome;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped model, which knows nothing of JSON, made to write it. */
class ConstrainedGenerationTest {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final String SCHEMA = """
        {"type": "object",
         "properties": {
           "tool": {"enum": ["weather", "calendar"]},
           "arguments": {
             "type": "object",
             "properties": {
               "city": {"type": "string", "minLength": 1, "maxLength": 30},
               "days": {"type": "integer", "minimum": 1, "maximum": 14},
               "notes": {"type": "array", "items": {"type": "string"}, "maxItems": 3}},
             "required": ["city", "days"]}},
         "required": ["tool", "arguments"]}""";

    private static MambaModel model;
    private static TextGenerator generator;

    @BeforeAll
    static void open() throws IOException {
        model = MambaModel.shipped();
        generator = TextGenerator.of(model);
    }

    @AfterAll
    static void close() {
        generator.close();
        model.close();
    }

    private static GenerationOptions options(Constraint constraint, long seed, int maxNewTokens) {
        return GenerationOptions.builder().temperature(1.3).seed(seed).maxNewTokens(maxNewTokens)
                .rules(List.of(constraint.compile(generator.tokenizer().orElseThrow()))).build();
    }

    @Test
    void aSampledTextSatisfiesItsSchemaHoweverFewTokensItMayTake() throws IOException {
        Constraint constraint = Constraint.jsonSchema(SCHEMA);
        SchemaChecker checker = new SchemaChecker(MAPPER.readTree(SCHEMA));
        for (int seed = 0; seed < 12; seed++) {
            GenerationResult result = generator.generate("Once upon a time, Lily wrote:",
                    options(constraint, seed, 70 + 10 * seed));
            JsonNode value = MAPPER.readTree(result.text());
            assertTrue(checker.valid(value), result.text());
        }
    }

    @Test
    void anyJsonStopsWholeAtItsLength() throws IOException {
        for (int seed = 0; seed < 12; seed++) {
            GenerationResult result = generator.generate("The list was",
                    options(Constraint.json(), seed, 1 + 5 * seed));
            assertTrue(!MAPPER.readTree(result.text()).isMissingNode(), result.text());
        }
    }

    @Test
    void aCompleteTextEndsGeneration() {
        GenerationResult result = generator.generate("Yes or no?", options(Constraint.regex("yes|no"), 1, 40));
        assertTrue(result.text().equals("yes") || result.text().equals("no"), result.text());
        assertEquals(FinishReason.CONSTRAINT, result.finishReason());
        assertTrue(result.tokenIds().length <= 3);
    }

    @Test
    void sequencesOfABatchShareAConstraintAndStayWhatTheyAreAlone() {
        GenerationOptions shared = options(Constraint.regex("(Tom|Lily|Ben) (ran|sat)( and (ran|sat)){0,5}\\."), 0, 60);
        List<GenerationRequest> requests = new ArrayList<>();
        for (int seed = 0; seed < 6; seed++) {
            requests.add(GenerationRequest.of("One day", shared.toBuilder().seed(seed).build()));
        }
        List<GenerationOutcome> batch = generator.generateAll(requests);
        for (int i = 0; i < requests.size(); i++) {
            GenerationResult alone = generator.generate(requests.get(i));
            assertTrue(alone.text().matches("(Tom|Lily|Ben) (ran|sat)( and (ran|sat)){0,5}\\."), alone.text());
            assertArrayEquals(alone.tokenIds(), batch.get(i).result().orElseThrow().tokenIds());
        }
    }

    @Test
    void everyBeamFitsTheConstraint() throws IOException {
        SchemaChecker checker = new SchemaChecker(MAPPER.readTree(SCHEMA));
        GenerationOptions options = options(Constraint.jsonSchema(SCHEMA), 0, 70);
        List<Beam> beams = generator.beamSearch(GenerationRequest.of("Lily wrote:", options), BeamOptions.of(3));
        assertFalse(beams.isEmpty());
        for (Beam beam : beams) {
            assertTrue(checker.valid(MAPPER.readTree(beam.text())), beam.text());
        }
    }

    @Test
    void aTextThatIsCutDoesNotLookFinished() {
        GenerationResult cut = generator.generate("Lily wrote:", options(Constraint.jsonSchema(SCHEMA), 1, 5));
        assertEquals(FinishReason.LENGTH, cut.finishReason());
        assertFalse(cut.complete());
        assertTrue(cut.toString().contains("incomplete"), cut.toString());
        assertTrue(generator.generate("a", options(Constraint.regex("[a-z]+"), 1, 5)).complete());
        assertTrue(generator.generate("a", options(Constraint.json(), 1, 40)).complete());
    }

    @Test
    void aTextThatMustBeWholeIsRefusedIfItCannotBe() throws IOException {
        Constraint constraint = Constraint.jsonSchema(SCHEMA);
        String message = assertThrows(IllegalArgumentException.class, () -> generator.generate("Lily wrote:",
                options(constraint, 1, 5).toBuilder().closeWhenCut(true).build())).getMessage();
        int least = Integer.parseInt(message.replaceFirst("maxNewTokens: expected at least (\\d+), which .*", "$1"));
        assertTrue(least > 5 && least < 60, message);
        SchemaChecker checker = new SchemaChecker(MAPPER.readTree(SCHEMA));
        for (int seed = 0; seed < 8; seed++) {
            GenerationResult result = generator.generate("Lily wrote:",
                    options(constraint, seed, least + seed).toBuilder().closeWhenCut(true).build());
            assertTrue(result.complete() && checker.valid(MAPPER.readTree(result.text())), result.text());
        }
    }

    @Test
    void aTextWhoseTimeIsOverIsClosed() throws IOException {
        SchemaChecker checker = new SchemaChecker(MAPPER.readTree(SCHEMA));
        GenerationOptions late = options(Constraint.jsonSchema(SCHEMA), 1, 300).toBuilder().closeWhenCut(true)
                .timeout(Duration.ofNanos(1)).build();
        StringBuilder streamed = new StringBuilder();
        GenerationResult result = generator.generate(GenerationRequest.of("Lily wrote:", late),
                chunk -> streamed.append(chunk.text()));
        assertEquals(FinishReason.TIMEOUT, result.finishReason());
        assertTrue(result.complete() && checker.valid(MAPPER.readTree(result.text())), result.text());
        assertEquals(result.text(), streamed.toString());
    }
}
