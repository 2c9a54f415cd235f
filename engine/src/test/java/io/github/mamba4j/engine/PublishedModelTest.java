package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The outputs that are published for {@code state-spaces/mamba-130m-hf}. Runs where the system property
 * {@value #PROPERTY} names a folder with that checkpoint and its tokenizer; nothing is downloaded.
 */
@EnabledIfSystemProperty(named = PublishedModelTest.PROPERTY, matches = ".+")
class PublishedModelTest {
    static final String PROPERTY = "mamba4j.test.mamba130m";

    private static final String PROMPT = "Hey how are you doing?";
    private static final float[] FIRST_LOGITS = {-55.6909f, -69.7903f, -49.8981f, -51.7581f, -57.6544f, -57.9368f};

    @Test
    void firstLogitsAndGreedyTextAreThePublishedOnes() throws IOException {
        Path folder = Path.of(System.getProperty(PROPERTY));
        try (MambaModel model = MambaModel.load(folder); HfTokenizer tokenizer = HfTokenizer.load(model.files())) {
            int[] prompt = tokenizer.encode(PROMPT);
            float[] logits = model.step(model.newState(), prompt[0]);
            for (int v = 0; v < FIRST_LOGITS.length; v++) {
                assertEquals(FIRST_LOGITS[v], logits[v], 1e-3f, "logit of token " + v);
            }
            assertEquals("\n\nI'm so glad you're here.", tokenizer.decode(TestModels.greedy(model, prompt, 10)));
        }
    }
}
