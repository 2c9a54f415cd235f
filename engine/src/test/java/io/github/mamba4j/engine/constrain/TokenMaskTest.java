package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMaskTest {

    private static final byte[][] VOCABULARY = Vocabularies.random(3000, 3);

    @ParameterizedTest
    @ValueSource(strings = {"[a-z]{2,5}|\\d+(\\.\\d+)?", "\"(é|€|😀|[^\"])*\"", "(true|false|nul*)+", "json"})
    void allowsATokenIfAndOnlyIfItsBytesCanFollow(String pattern) {
        Constraint constraint = pattern.equals("json") ? Constraint.json() : Constraint.regex(pattern);
        Machine machine = constraint.machine();
        CompiledConstraint compiled = constraint.compile(VOCABULARY);
        Random random = new Random(11);
        for (int walk = 0; walk < 6; walk++) {
            Configuration at = machine.start();
            for (int step = 0; step < 10 && !at.complete(); step++) {
                TokenMask mask = compiled.mask(at);
                List<Integer> allowed = new ArrayList<>();
                for (int token = 0; token < VOCABULARY.length; token++) {
                    boolean wanted = VOCABULARY[token].length > 0
                            && !Vocabularies.run(machine, at, VOCABULARY[token]).dead();
                    assertEquals(wanted, mask.allows(token), "token " + token);
                    if (wanted) {
                        allowed.add(token);
                    }
                }
                assertFalse(allowed.isEmpty());
                at = Vocabularies.run(machine, at, VOCABULARY[allowed.get(random.nextInt(allowed.size()))]);
            }
        }
    }

    @Test
    void theSameTokenTwiceIsAllowedTwiceAndIdsBeyondTheVocabularyNever() {
        byte[][] vocabulary = {{}, {'a'}, {'a', 'b'}, {'a'}, {'a', 'b'}, {'b'}};
        CompiledConstraint compiled = Constraint.regex("ab").compile(vocabulary);
        TokenMask mask = compiled.mask(compiled.machine().start());
        boolean[] wanted = {false, true, true, true, true, false};
        for (int token = 0; token < wanted.length; token++) {
            assertEquals(wanted[token], mask.allows(token), "token " + token);
        }
        assertFalse(mask.allows(-1) || mask.allows(6) || mask.allows(64) || mask.allows(1 << 20));
        float[] logits = {1, 2, 3, 4, 5, 6, 7, 8};
        mask.apply(logits);
        float none = Float.NEGATIVE_INFINITY;
        assertArrayEquals(new float[]{none, 2, 3, 4, 5, none, none, none}, logits);
    }

    @Test
    void theMemoryOfMasksStaysWithinItsBound() {
        Constraint constraint = Constraint.regex("a*b{0,300}");
        CompiledConstraint compiled = constraint.compile(VOCABULARY);
        TokenMask one = compiled.mask(constraint.machine().start());
        Configuration at = constraint.machine().start();
        long bound = 5 * (one.byteSize() + at.weight());
        MaskCache cache = new MaskCache(bound);
        Configuration first = at;
        for (int i = 0; i < 100; i++) {
            TokenMask made = compiled.mask(at);
            assertTrue(cache.get(at, _ -> made) == made);
            assertTrue(cache.bytes() > one.byteSize() && cache.bytes() <= bound);
            at = constraint.machine().next(at, 'b');
        }
        int[] calls = {0};
        cache.get(first, from -> {
            calls[0]++;
            return compiled.mask(from);
        });
        assertEquals(1, calls[0], "the mask that was not used for longest is gone");
    }

    @Test
    void aVocabularyThatCannotBeginIsRefused() {
        byte[][] vocabulary = {{'x'}, {'y'}};
        String message = assertThrows(IllegalArgumentException.class, () -> Constraint.regex("a+").compile(vocabulary))
                .getMessage();
        assertTrue(message.contains("no token of the vocabulary can begin"), message);
    }
}
