package io.github.mamba4j.engine.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates of strangers end soon, whatever they do, and with a message. */
class JinjaLimitsTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 15, 9, 30);
    /** About a second on a free machine; tests share theirs. */
    private static final Duration SOON = Duration.ofSeconds(10);

    /** A text p of a million digits or letters, and one that is hard to find in it. */
    private static final String DIGITS = doubled("'1234567890'", "ns.p ~ ns.p", 16) + "{% set p = ns.p %}";
    private static final String LETTERS = doubled("'a'", "ns.p ~ ns.p", 19)
            + "{% set p = ns.p %}{% set q = p[:200000] ~ 'b' %}";
    private static final String LISTS = doubled("[1]", "[ns.p, ns.p]", 40) + "{% set l = ns.p %}"
            + doubled("[1]", "[ns.p, ns.p]", 40) + "{% set m = ns.p %}";
    private static final String TUPLES = doubled("(1,)", "(ns.p, ns.p)", 40) + "{% set l = ns.p %}";

    private static String doubled(String start, String next, int times) {
        return "{% set ns = namespace(p=" + start + ") %}{% for i in range(" + times + ") %}{% set ns.p = " + next
                + " %}{% endfor %}";
    }

    private static String render(String template) {
        return JinjaProgram.parse(template).render(Map.of("messages", List.of()), NOW);
    }

    private static void endsSoon(String template) {
        String message = assertTimeoutPreemptively(SOON,
                () -> assertThrows(JinjaException.class, () -> render(template)).getMessage());
        assertTrue(message.length() < 1000, message);
    }

    private static void endsSoonOrGives(String template) {
        assertTimeoutPreemptively(SOON, () -> {
            try {
                render(template);
            } catch (JinjaException e) {
                assertTrue(e.getMessage().length() < 1000, e.getMessage());
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"l | string", "l | join", "l | trim", "l == m", "l in [m]", "l is equalto m", "l | tojson",
            "l < m", "[l == m] | list"})
    void valuesThatGrowBySharingEnd(String expression) {
        endsSoon(LISTS + "{{ " + expression + " }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[l] | unique | list", "{l: 1}", "1 in {l: 1}", "l | string"})
    void keysThatGrowBySharingEnd(String expression) {
        endsSoon(TUPLES + "{{ " + expression + " }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p.find(q)", "p.count(q)", "q in p", "p.replace(q, 'x') == ''", "p.split(q) | length",
            "p.rfind(q)", "p.rsplit(q) | length", "p.partition(q) | length", "p.index(q)", "p | replace(q, '')",
            "p.strip(q)", "p is lower", "p | wordcount", "p | title | length"})
    void longTextsAreSearchedInLinearTime(String expression) {
        endsSoonOrGives(LETTERS + "{% for i in range(2) %}{{ " + expression + " }}{% endfor %}");
        endsSoon(LETTERS + "{% for i in range(100000) %}{% set x = " + expression + " %}{% endfor %}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p | int", "p | float", "p | round", "p | abs", "[p] | sum", "('1e' ~ p) | float",
            "'1e99999999' | float | round(0, 'ceil')", "1.5 | round(100000000)", "['1e99999999', 1] | sum"})
    void longNumbersAreCheap(String expression) {
        endsSoonOrGives(DIGITS + "{{ " + expression + " }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9 ** (9 ** 9)", "2 ** 100000000", "(10 ** 4000) * (10 ** 4000)", "'a' * 1000000000",
            "[1] * 1000000000", "'%0999999999d' % 1", "'%.999999999f' % 1.5", "'{:>999999999}'.format(1)",
            "'{:.999999999f}'.format(1.5)", "'a'.center(999999999)", "'a'.ljust(2 ** 40)",
            "'a\\t'.expandtabs(999999999)", "'a'.zfill(999999999)", "range(10 ** 9)", "'a\\na' | indent(999999999)",
            "[1] | batch(999999999, 'x') | list", "[1] | slice(999999999) | list", "[1] | tojson(indent=999999999)"})
    void largeResultsAreRefusedBeforeTheyAreMade(String expression) {
        endsSoon("{{ " + expression + " }}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
            "{% for a in range(99999) %}{% set x = range(99999) | list %}{% endfor %}",
            "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
            "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
            "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(5000) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set ns = namespace(g=[1]) %}{% for i in range(50000) %}{% set ns.g = ns.g | select %}{% endfor %}{{ ns.g | list }}",
            "{% for t in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
            "{% for i in range(99999) %}{% for j in range(99) %}{{ 'a text of some length' }}{% endfor %}{% endfor %}"})
    void programsWithoutEndEnd(String template) {
        endsSoon(template);
    }

    @Test
    void listsOfLongTextsDoNotFillTheMemory() {
        endsSoon(LETTERS + "{% set ns.l = [] %}{% for i in range(90000) %}{% set ns.l = ns.l + [p ~ i] %}{% endfor %}");
        endsSoon(LETTERS + "{% for i in range(1000) %}{% set x = p.split('a') %}{% endfor %}");
        endsSoon(LETTERS + "{{ ([p] * 20000) | map('replace', 'a', 'bb') | list | length }}");
        endsSoon(LETTERS + "{{ ([p ~ 'x', p ~ 'y'] * 20000) | sort | length }}");
    }

    @Test
    void nestingIsBounded() {
        for (String opened : List.of("(", "[", "not ", "-", "[1][", "f(", "1 if ")) {
            endsSoon("{{ " + opened.repeat(30_000) + "1");
        }
        endsSoon("{{ 1" + " + 1".repeat(50_000) + " }}");
        endsSoon("{{ x" + ".y".repeat(50_000) + " }}");
        endsSoon("{{ x" + " | upper".repeat(20_000) + " }}");
        endsSoon("{% if 1 %}".repeat(10_000) + "{% endif %}".repeat(10_000));
        endsSoonOrGives("{% if a %}" + "{% elif 1 %}".repeat(20_000) + "{% endif %}");
        endsSoon(" ".repeat((1 << 18) + 1));
    }

    @Test
    void whatTheReferenceTakesIsNotRefused() {
        assertEquals("1", render("{{ " + "(".repeat(60) + "1" + ")".repeat(60) + " }}"));
        assertEquals("300", render("{{ 1" + " + 1".repeat(299) + " }}"));
        assertEquals("99",
                render("{% macro f(n) %}{{ f(n - 1) if n < 99 and n > 0 else n }}{% endmacro %}{{ f(99) }}"));
        assertEquals("50 0",
                render("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% else %}{{ n }}{% endif %}{% endmacro %}50 "
                        + "{{ f(50) }}"));
        assertEquals("99999", render("{{ range(99999) | list | length }}"));
    }

    @Test
    void mutatedTemplatesFailWithAMessageOrNotAtAll() throws IOException {
        List<String> templates = new ArrayList<>();
        try (InputStream in = JinjaLimitsTest.class.getResourceAsStream("../language.json")) {
            for (JsonNode c : new ObjectMapper().readTree(in).get("cases")) {
                templates.add(c.get("template").textValue());
            }
        }
        long seed = Long.getLong("mamba4j.test.seed", 20260115);
        var random = new SplittableRandom(seed);
        int rounds = Integer.getInteger("mamba4j.test.mutations", 20_000);
        for (int i = 0; i < rounds; i++) {
            String mutated = mutated(templates, random);
            try {
                render(mutated);
            } catch (JinjaException e) {
                assertTrue(!e.getMessage().isBlank(), mutated);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed + ", round " + i + ": " + mutated, e);
            }
        }
    }

    /** Pieces of templates cut out, doubled, exchanged and put into one another. */
    private static String mutated(List<String> templates, SplittableRandom random) {
        StringBuilder text = new StringBuilder(templates.get(random.nextInt(templates.size())));
        for (int n = 1 + random.nextInt(3); n > 0 && !text.isEmpty(); n--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(12));
            String other = templates.get(random.nextInt(templates.size()));
            int start = random.nextInt(other.length() + 1);
            String piece = other.substring(start, Math.min(other.length(), start + random.nextInt(20)));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(from, to);
                case 1 -> text.insert(from, text.substring(from, to));
                case 2 -> text.replace(from, to, piece);
                default -> text.insert(from, piece);
            }
        }
        return text.toString();
    }
}
