package io.github.mamba4j.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.constrain.CompiledConstraint;
import io.github.mamba4j.engine.constrain.Constraint;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;

/** Lets a model call a tool: whatever it generates is JSON of the tool's schema, so that it always parses. */
public final class JsonToolCall {
    private static final String SCHEMA = """
        {"type": "object",
         "properties": {
           "tool": {"enum": ["throw_ball", "feed"]},
           "animal": {"enum": ["dog", "cat", "bird"]},
           "times": {"type": "integer", "minimum": 1, "maximum": 5}},
         "required": ["tool", "animal", "times"]}""";

    private JsonToolCall() {}

    /**
     * Runs the example.
     *
     * @param args none
     * @throws IOException if the model cannot be read
     */
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        try (MambaModel model = MambaModel.shipped(); TextGenerator generator = TextGenerator.of(model)) {
            // Made once, used for any number of texts.
            CompiledConstraint constraint = Constraint.jsonSchema(SCHEMA).compile(generator.tokenizer().orElseThrow());
            GenerationOptions options = generator.defaultOptions().toBuilder().temperature(0).maxNewTokens(60)
                    .rules(List.of(constraint)).build();

            String json = generator.generate("Tim had a bird. The bird was hungry. Tim said: ", options).text();
            out.println(json);

            JsonNode call = JsonMapper.builder().build().readTree(json);
            for (int i = 0; i < call.path("times").asInt(); i++) {
                out.println(call.path("tool").asText() + "(" + call.path("animal").asText() + ")");
            }
        }
    }
}
