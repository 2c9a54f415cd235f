package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A bound of the context ends texts, and refuses prompts that are too long, without hurting others. */
class MaxContextTest {
    private static final GenerationOptions OPTIONS = GenerationOptions.builder().maxNewTokens(12).temperature(0)
            .ignoreEos(true).build();

    private static TextGenerator generator(MambaModel model) throws IOException {
        return TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).build();
    }

    @Test
    void textsEndWhereTheContextIsFull() throws IOException {
        try (MambaModel free = SmallModels.of(61, 1); MambaModel bound = SmallModels.of(61, 1, 8)) {
            GenerationRequest request = GenerationRequest.of("ABC", OPTIONS);
            int[] all = generator(free).generate(request).tokenIds();
            GenerationResult result = generator(bound).generate(request);
            // Four tokens of the prompt, the special one among them, and four are fed; a fifth follows from them.
            assertArrayEquals(Arrays.copyOf(all, 5), result.tokenIds());
            assertEquals(FinishReason.LENGTH, result.finishReason());
        }
    }

    @Test
    void aPromptThatIsTooLongIsRefusedAlone() throws IOException {
        try (MambaModel bound = SmallModels.of(61, 1, 8)) {
            TextGenerator generator = generator(bound);
            GenerationRequest sound = GenerationRequest.of("ABC", OPTIONS);
            int[] alone = generator.generate(sound).tokenIds();
            List<GenerationOutcome> outcomes = generator
                    .generateAll(List.of(sound, GenerationRequest.of("ABCDEFGHI", OPTIONS), sound));
            assertArrayEquals(alone, outcomes.get(0).orThrow().tokenIds());
            assertArrayEquals(alone, outcomes.get(2).orThrow().tokenIds());
            var e = assertThrows(IllegalArgumentException.class, () -> outcomes.get(1).orThrow());
            assertTrue(e.getMessage().contains("at most 8 tokens (maxContext), found one of 10"), e.getMessage());
        }
    }

    @Test
    void beamsEndWhereTheContextIsFull() throws IOException {
        try (MambaModel bound = SmallModels.of(61, 1, 8)) {
            for (Beam beam : generator(bound).beamSearch(GenerationRequest.of("ABC", OPTIONS), BeamOptions.of(2))) {
                assertEquals(5, beam.tokenIds().length);
                assertEquals(FinishReason.LENGTH, beam.finishReason());
            }
        }
    }
}
