package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Constraints made to exhaust memory, time or the stack; and what happens to the memory of a machine under pressure. */
class HostileConstraintTest {

    private static final byte[][] VOCABULARY = Vocabularies.random(600, 9);

    @Test
    void valuesMayNestToTheDepthAndNoDeeper() {
        Constraint json = Constraint.json();
        assertTrue(Vocabularies.matches(json, "[".repeat(120) + "]".repeat(120)));
        assertFalse(Vocabularies.matches(json, "[".repeat(500) + "]".repeat(500)));
        Configuration at = json.machine().start();
        int depth = 0;
        for (Configuration next = at; !next.dead(); next = json.machine().next(at, '[')) {
            at = next;
            depth++;
        }
        assertTrue(depth > 120 && depth < 140, "depth " + depth);
        assertFalse(json.machine().next(at, ']').dead(), "the deepest place has a way out");
    }

    @Test
    void aSchemaThatMustNestTooDeepSaysSo() {
        String schema = "{\"type\":\"array\",\"minItems\":1,\"items\":".repeat(200) + "{}" + "}".repeat(200);
        String message = assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema)).getMessage();
        assertTrue(message.contains("nested at most 128 deep"), message);
        String bottomless = "{\"items\":".repeat(100_000) + "{}" + "}".repeat(100_000);
        assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(bottomless));
    }

    @Test
    void hugeCountsInASchemaAreRefused() {
        for (String schema : List.of("{\"type\":\"string\",\"maxLength\":100000000}",
                "{\"items\":{},\"minItems\":2147483647}",
                "{\"pattern\":\"^(a{1,1000}){1,1000}$\"}")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema))
                    .getMessage();
            assertTrue(message.contains("states"), message);
        }
    }

    @Test
    void branchesThatMultiplyAtEachLevelAreNotAllCompared() {
        StringBuilder definitions = new StringBuilder("\"d0\":{\"type\":\"null\"}");
        for (int i = 1; i <= 3; i++) {
            String before = "{\"$ref\":\"#/$defs/d" + (i - 1) + "\"}";
            definitions.append(",\"d").append(i).append("\":{\"anyOf\":[").append(before)
                    .append(("," + before).repeat(150)).append("]}");
        }
        String schema = "{\"$defs\":{" + definitions + "},\"oneOf\":[{\"$ref\":\"#/$defs/d3\"},"
                + "{\"type\":\"string\"}]}";
        String message = assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema)).getMessage();
        assertTrue(message.contains("too many comparisons"), message);
    }

    @Test
    void whatIsNotJsonIsReportedInOneLine() {
        for (String broken : List.of("", "{", "{\"type\":}", "{} {}", "{\"a\":1,\"a\":2}")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(broken))
                    .getMessage();
            assertEquals(1, message.lines().count(), message);
        }
    }

    @Test
    void boundsNextToNothingCostNoTime() {
        for (String tiny : List.of("1e-999999999", "-1e-999999999")) {
            for (String keyword : List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")) {
                Constraint constraint = Constraint
                        .jsonSchema("{\"type\":\"integer\",\"" + keyword + "\":" + tiny + "}");
                boolean zeroFits = keyword.endsWith("inimum") == tiny.startsWith("-");
                assertEquals(zeroFits, Vocabularies.matches(constraint, "0"), keyword + " " + tiny);
                assertTrue(Vocabularies.matches(constraint, keyword.endsWith("inimum") ? "1" : "-1"));
            }
        }
    }

    @Test
    void whatIsPurgedIsNotKeptAliveByWhatWasMadeBefore() {
        Network network = new Network();
        int rule = network.rule();
        Regex hungry = RegexParser.parse(".*a.{60}");
        network.free(new RegexEmitter(network, Encoding.TEXT).emit(network.start(rule), hungry), network.end(rule));
        Machine machine = new Machine(network, rule, new Machine.Limits(128, 1024, 1 << 16));
        int byteClass = ByteClasses.of(network)['a'];
        Configuration old = machine.start();
        Configuration at = machine.next(old, 'a');
        assertNotNull(old.next(byteClass));
        Random random = new Random(5);
        for (int i = 0; i < 500; i++) {
            at = machine.next(at, random.nextBoolean() ? 'a' : 'b');
        }
        assertTrue(at.epoch() > old.epoch());
        assertNull(old.next(byteClass));
        machine.next(old, 'a');
        assertNull(old.next(byteClass), "what is of another epoch remembers nothing");
    }

    @Test
    void referencesThatDoubleAtEachLevelAreCompiledOnce() {
        StringBuilder definitions = new StringBuilder("\"d0\":{\"type\":\"null\"}");
        for (int i = 1; i <= 60; i++) {
            String before = "{\"$ref\":\"#/$defs/d" + (i - 1) + "\"}";
            definitions.append(",\"d").append(i).append("\":{\"anyOf\":[").append(before).append(',').append(before)
                    .append("]}");
        }
        Constraint constraint = Constraint.jsonSchema("{\"$defs\":{" + definitions + "},\"$ref\":\"#/$defs/d60\"}");
        assertTrue(Vocabularies.matches(constraint, "null"));
    }

    @Test
    void readingsThatDoubleAtEachLevelAreBoundedAndTheTextStillEnds() {
        // Both alternatives hold for every prefix of brackets: 2^depth readings.
        Constraint constraint = Constraint.jsonSchema("{\"anyOf\":[{\"type\":\"array\",\"items\":{\"$ref\":\"#\"}},"
                + "{\"type\":\"array\",\"items\":{\"$ref\":\"#\"},\"maxItems\":1}]}");
        Configuration at = Vocabularies.run(constraint.machine(), constraint.machine().start(),
                Vocabularies.utf8("[".repeat(100)));
        assertTrue(at.readings().size() <= 1024, "readings " + at.readings().size());
        assertTrue(Vocabularies.run(constraint.machine(), at, Vocabularies.utf8("]".repeat(100))).accepting());
    }

    @Test
    void anAmbiguousPatternHasBoundedReadings() {
        Constraint constraint = Constraint.regex("(.?){3000}");
        TokenMask mask = constraint.compile(VOCABULARY).mask(constraint.machine().start());
        assertTrue(mask.allows(1 + 'a'));
        assertTrue(constraint.machine().start().readings().size() <= 1024);
    }

    @Test
    void aLongListOfWordsIsOneReadingAtATime() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            words.add("w" + i);
        }
        Constraint regex = Constraint.regex(String.join("|", words));
        Constraint schema = Constraint.jsonSchema("{\"enum\":[\"" + String.join("\",\"", words) + "\"]}");
        for (String word : words) {
            assertTrue(Vocabularies.matches(regex, word), word);
            assertTrue(Vocabularies.matches(schema, "\"" + word + "\""), word);
        }
        assertFalse(Vocabularies.matches(regex, "w5000") || Vocabularies.matches(schema, "\"w\""));
    }

    @Test
    void aMachineWithoutMemoryFindsTheSame() {
        Network network = new Network();
        int rule = SchemaCompiler.compile(network, "true").rule();
        Machine forgetful = new Machine(network, rule, new Machine.Limits(128, 1024, 0));
        Machine machine = Constraint.json().machine();
        Random random = new Random(2);
        for (int walk = 0; walk < 20; walk++) {
            Configuration a = machine.start();
            Configuration b = forgetful.start();
            for (int i = 0; i < 60 && !a.complete(); i++) {
                List<Integer> allowed = new ArrayList<>();
                b = forgetful.current(b);
                for (int value = 0; value < 256; value++) {
                    boolean dead = machine.next(a, value).dead();
                    assertEquals(dead, forgetful.next(b, value).dead());
                    if (!dead) {
                        allowed.add(value);
                    }
                }
                int value = allowed.get(random.nextInt(allowed.size()));
                a = machine.next(a, value);
                b = forgetful.next(b, value);
                assertEquals(a.bytesToEnd(), b.bytesToEnd());
                assertEquals(a.accepting(), b.accepting());
            }
        }
    }

    @Test
    void threadsThatShareAConstraintSeeTheMasksOfOneAlone() throws Exception {
        List<List<Integer>> alone = new ArrayList<>();
        for (int seed = 0; seed < 8; seed++) {
            alone.add(walk(Constraint.json().compile(VOCABULARY), seed));
        }
        CompiledConstraint shared = Constraint.json().compile(VOCABULARY);
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<List<Integer>>> walks = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                int seed = i % 8;
                walks.add(() -> walk(shared, seed));
            }
            int i = 0;
            for (Future<List<Integer>> walk : threads.invokeAll(walks)) {
                assertEquals(alone.get(i++ % 8), walk.get());
            }
        }
    }

    private static List<Integer> walk(CompiledConstraint constraint, int seed) {
        ConstraintSession session = constraint.newSession();
        Random random = new Random(seed);
        List<Integer> tokens = new ArrayList<>();
        for (int left = 60; left > 0 && !session.isComplete(); left--) {
            TokenMask mask = session.mask(left);
            int token = random.nextInt(VOCABULARY.length);
            while (!mask.allows(token)) {
                token = (token + 1) % VOCABULARY.length;
            }
            session.accept(token);
            tokens.add(token);
        }
        return tokens;
    }

    @Test
    void aSessionRefusesWhatCannotFollowAndStaysWhereItIs() {
        byte[][] vocabulary = {{}, {'a'}, {'b'}, {'a', 'b'}};
        CompiledConstraint compiled = Constraint.regex("ab|abb").compile(vocabulary);
        ConstraintSession session = compiled.newSession();
        assertThrows(IllegalArgumentException.class, () -> session.accept(0));
        assertThrows(IllegalArgumentException.class, () -> session.accept(2));
        session.accept(1);
        assertTrue(session.allows(2) && !session.allows(1) && !session.allows(3) && !session.mayEnd());
        session.accept(2);
        assertTrue(session.mayEnd() && !session.isComplete());
        ConstraintSession fork = session.fork();
        session.accept(2);
        assertTrue(session.isComplete());
        assertFalse(fork.isComplete());
        fork.accept(0);
        assertTrue(fork.isComplete() && !fork.allows(2));
        assertThrows(IllegalArgumentException.class, () -> fork.accept(2));
    }

    @Test
    void textsAreBoundedBeforeTheyAreRead() {
        String pattern = "[" + "a".repeat(2_000_000) + "]";
        assertEquals("the regular expression: expected at most 1048576 characters, found 2000002",
                assertThrows(IllegalArgumentException.class, () -> Constraint.regex(pattern)).getMessage());
        String schema = "{\"title\":\"" + "a".repeat(2_000_000) + "\"}";
        assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema));
    }

    @Test
    void namesThatMeetInAHashTableCostNoTime() {
        StringBuilder names = new StringBuilder("\"x\"");
        for (int i = 0; i < 1 << 14; i++) {
            names.append(",\"");
            for (int bit = 0; bit < 14; bit++) {
                names.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            names.append('"');
        }
        String schema = "{\"required\":[" + names + "],\"properties\":{\"y\":{}}}";
        long start = System.nanoTime();
        assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema), "too many states");
        assertTrue(System.nanoTime() - start < 20_000_000_000L);
    }

    @Test
    void messagesAreCut() {
        String long1 = "x".repeat(500_000);
        for (String schema : List.of("{\"$ref\":\"#/" + long1 + "\"}", "{\"type\":\"" + long1 + "\"}",
                "{\"properties\":{\"" + long1 + "\":{\"not\":{}}}}", "{\"format\":\"" + long1 + "\"}",
                "{\"$ref\":\"#/%zz" + long1 + "\"}", "{\"pattern\":\"(" + long1 + "\"}")) {
            String message = assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema))
                    .getMessage();
            assertTrue(message.length() < 500, () -> message.substring(0, 500));
        }
    }

    @Test
    void combinationsThatMultiplyRunIntoALimit() {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            all.append(i == 0 ? "" : ",").append("{\"anyOf\":[{\"minimum\":" + i + "},{\"maximum\":" + -i + "}]}");
        }
        String message = assertThrows(IllegalArgumentException.class,
                () -> Constraint.jsonSchema("{\"type\":\"integer\",\"allOf\":[" + all + "]}")).getMessage();
        assertTrue(message.contains("states"), message);
        String many = "{\"allOf\":[" + "{\"minLength\":1},".repeat(300) + "{}]}";
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(many)).getMessage()
                .contains("more than 200 schemas"));
    }

    @Test
    void aMaskOfVeryManyReadingsHasTheShortTokensAtLeast() {
        Constraint constraint = Constraint
                .regex("[\\s\\S]*(e[\\s\\S]{300}|t[\\s\\S]{400}|a[\\s\\S]{500}| [\\s\\S]{250})");
        byte[][] vocabulary = Vocabularies.random(6000, 3);
        Configuration at = Vocabularies.run(constraint.machine(), constraint.machine().start(),
                Vocabularies.utf8("eat a tea ".repeat(60)));
        assertTrue(at.readings().size() > 300, "readings " + at.readings().size());
        TokenMask mask = constraint.compile(vocabulary).mask(at);
        int some = 0;
        for (int token = 257; token < vocabulary.length; token++) {
            some += mask.allows(token) ? 1 : 0;
        }
        for (int value = 1; value < 128; value++) {
            assertTrue(mask.allows(1 + value), "byte " + value);
        }
        assertTrue(some < 3000, "long tokens are left out: " + some);
    }

    @Test
    void theShortestWayToTheEndIsKnown() {
        CompiledConstraint compiled = Constraint
                .jsonSchema("{\"properties\":{\"name\":{\"minLength\":2}},\"required\":[\"name\"]}")
                .compile(VOCABULARY);
        ConstraintSession session = compiled.newSession();
        StringBuilder text = new StringBuilder("{\"na");
        for (char c : text.toString().toCharArray()) {
            session.accept(1 + c);
        }
        assertFalse(session.mayEnd());
        int[] rest = session.completion();
        assertFalse(session.mayEnd(), "the session stays where it is");
        for (int token : rest) {
            session.accept(token);
            text.append(new String(VOCABULARY[token], StandardCharsets.UTF_8));
        }
        assertTrue(session.isComplete() && session.completion().length == 0);
        assertTrue(text.toString().startsWith("{\"name\":\"") && text.toString().endsWith("\"}"), text.toString());
        assertEquals(0, Constraint.regex("ab").compile(new byte[][]{{}, {'a'}}).newSession().completion().length);
    }
}
