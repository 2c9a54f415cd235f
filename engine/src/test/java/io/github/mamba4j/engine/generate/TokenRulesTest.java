package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Rules about tokens and runs of tokens, by cases that were worked out by hand. */
class TokenRulesTest {
    private static final float NO = Float.NEGATIVE_INFINITY;

    /** Runs all rules over logits of 1, with end-of-text token 3. */
    private static float[] apply(GenerationOptions options, int[] prompt, int... generated) {
        return apply(options, 4, prompt, generated);
    }

    private static float[] apply(GenerationOptions options, int vocabSize, int[] prompt, int... generated) {
        TokenList tokens = new TokenList(prompt);
        List<LogitsProcessor> rules = Processors.sessions(Processors.rules(options, prompt.length));
        LogitsContext context = new LogitsContext(vocabSize);
        for (int i = 0; i <= generated.length; i++) {
            Arrays.fill(context.logits(), 1);
            context.show(tokens, prompt.length, List.of(3), 1);
            rules.forEach(rule -> rule.process(context));
            if (i < generated.length) {
                int token = generated[i];
                tokens.add(token);
                rules.forEach(rule -> rule.accept(token));
            }
        }
        return context.logits();
    }

    private static GenerationOptions of(TokenRules rules) {
        return GenerationOptions.builder().tokenRules(rules).build();
    }

    private static int[] ids(int... ids) {
        return ids;
    }

    @Test
    void aRunIsBiasedAtItsLastTokenOnly() {
        GenerationOptions options = of(TokenRules.NONE.withSequenceBias(
                Map.of(List.of(2), 0.5f, List.of(0, 1, 2), 2f, List.of(1, 0), -3f)));
        assertArrayEquals(new float[]{-2, 1, 3.5f, 1}, apply(options, ids(3, 0), 1));
        assertArrayEquals(new float[]{1, 1, 1.5f, 1}, apply(options, ids(0), 1, 1, 2));
        assertArrayEquals(new float[]{-2, 1, 1.5f, 1}, apply(options, ids(0), 1), "longer than the text");
    }

    @Test
    void badWordsAreForbiddenButNotTheEnd() {
        GenerationOptions options = of(TokenRules.NONE.withBadWords(List.of(List.of(3), List.of(0), List.of(1, 2))));
        assertArrayEquals(new float[]{NO, 1, NO, 1}, apply(options, ids(0), 1));
        assertArrayEquals(new float[]{NO, 1, 1, 1}, apply(options, ids(0, 1), 2));
    }

    @Test
    void whatIsBannedAtTheStartIsAllowedLater() {
        GenerationOptions options = of(TokenRules.NONE.withBannedAtStart(Set.of(1)));
        assertArrayEquals(new float[]{1, NO, 1, 1}, apply(options, ids(0, 0)));
        assertArrayEquals(new float[]{1, 1, 1, 1}, apply(options, ids(0, 0), 2));
    }

    @Test
    void forcedTokensComeSecondAndLast() {
        TokenRules rules = TokenRules.NONE.withForcedBos(2).withForcedEos(List.of(0, 3)).withBannedAtStart(Set.of(1));
        GenerationOptions options = GenerationOptions.builder().tokenRules(rules).maxNewTokens(3).build();
        assertArrayEquals(new float[]{NO, NO, 0, NO}, apply(options, ids(1)));
        assertArrayEquals(new float[]{1, NO, 1, 1}, apply(options, ids(1), 2), "the start is behind the forced token");
        assertArrayEquals(new float[]{0, NO, NO, 0}, apply(options, ids(1), 2, 2));
        assertArrayEquals(new float[]{1, 1, 1, 1}, apply(of(TokenRules.NONE.withForcedBos(2)), ids(1, 1)));
    }

    @Test
    void theEndGrowsMoreLikely() {
        GenerationOptions options = of(TokenRules.NONE.withLengthDecay(new TokenRules.LengthDecay(1, 2)));
        assertArrayEquals(new float[]{1, 1, 1, 1}, apply(options, ids(0), 0));
        assertArrayEquals(new float[]{1, 1, 1, 2}, apply(options, ids(0), 0, 0));
        assertArrayEquals(new float[]{1, 1, 1, 4}, apply(options, ids(0), 0, 0, 0));
    }

    @Test
    void lengthsCountThePromptWhereTheySaySo() {
        GenerationOptions options = GenerationOptions.builder().minLength(4).build();
        assertArrayEquals(new float[]{1, 1, 1, NO}, apply(options, ids(0, 0), 1));
        assertArrayEquals(new float[]{1, 1, 1, 1}, apply(options, ids(0, 0), 1, 1));
    }

    @Test
    void runsThatAreEmptyOrNotFiniteAreRefused() {
        assertEquals("badWords: expected runs of at least one token, found an empty one",
                assertThrows(IllegalArgumentException.class, () -> TokenRules.NONE.withBadWords(List.of(List.of())))
                        .getMessage());
        assertThrows(IllegalArgumentException.class,
                () -> TokenRules.NONE.withSequenceBias(Map.of(List.of(1), Float.NaN)));
        assertThrows(IllegalArgumentException.class, () -> new TokenRules.LengthDecay(0, 0));
    }

    @Test
    void runsThatOccurredAreFoundAsALookAtTheWholeTextFindsThem() {
        SplittableRandom random = new SplittableRandom(6);
        for (int round = 0; round < 60; round++) {
            int n = random.nextInt(1, 6);
            int vocabSize = random.nextInt(2, 8);
            int[] prompt = random.ints(random.nextInt(1, 40), 0, vocabSize).toArray();
            TokenList tokens = new TokenList(prompt);
            LogitsProcessor rule = new NoRepeatNgram(n);
            LogitsContext context = new LogitsContext(vocabSize);
            for (int t = 0; t < 120; t++) {
                Arrays.fill(context.logits(), 1);
                context.show(tokens, prompt.length, List.of(), 1);
                rule.process(context);
                for (int id = 0; id < vocabSize; id++) {
                    assertEquals(forbidden(tokens, n).contains(id), context.logits()[id] == NO, "n " + n + ", t " + t);
                }
                tokens.add(random.nextInt(vocabSize));
                if (t % 30 == 7) {
                    rule = rule.copy().orElseThrow();
                }
            }
        }
    }

    private static Set<Integer> forbidden(TokenList tokens, int n) {
        Set<Integer> forbidden = new TreeSet<>();
        int last = tokens.size() - (n - 1);
        for (int start = 0; start < last; start++) {
            boolean same = true;
            for (int i = 0; i < n - 1; i++) {
                same &= tokens.get(start + i) == tokens.get(last + i);
            }
            if (same) {
                forbidden.add(tokens.get(start + n - 1));
            }
        }
        return forbidden;
    }

    @Test
    void aLongTextOfOneTokenCostsNoTime() {
        TokenList tokens = new TokenList(new int[300_000]);
        LogitsContext context = new LogitsContext(4);
        LogitsProcessor rule = new NoRepeatNgram(3);
        for (int t = 0; t < 1000; t++) {
            Arrays.fill(context.logits(), 1);
            context.show(tokens, 300_000, List.of(), 1);
            rule.process(context);
            assertTrue(t > 0 || context.logits()[0] == NO);
            tokens.add(1 + t % 3);
        }
    }
}
