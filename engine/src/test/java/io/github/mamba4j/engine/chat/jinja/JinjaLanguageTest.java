package io.github.mamba4j.engine.chat.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every construct of the language. {@code language.json} has templates of our own and what jinja2 3.1.6 gives for them in
 * transformers' environment, or null where it raises an error; {@code found.json} has prompts that other engines got wrong.
 */
class JinjaLanguageTest {
    private static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 15, 9, 30);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static String render(String template, Map<String, ?> variables) {
        return JinjaProgram.parse(template).render(variables, NOW);
    }

    private static String render(String template) {
        return render(template, Map.of());
    }

    private static JsonNode resource(String name) throws IOException {
        try (InputStream in = JinjaLanguageTest.class.getResourceAsStream("../" + name)) {
            return MAPPER.readTree(in);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(JsonNode node) {
        return MAPPER.convertValue(node, Map.class);
    }

    @TestFactory
    Stream<DynamicTest> theLanguageIsTheReferences() throws IOException {
        JsonNode all = resource("language.json");
        Map<String, Object> variables = map(all.get("variables"));
        return StreamSupport.stream(all.get("cases").spliterator(), false)
                .map(c -> test(c.get("template").textValue(), variables, c.get("expected").textValue()));
    }

    @TestFactory
    Stream<DynamicTest> promptsThatOthersGotWrongAreRight() throws IOException {
        return StreamSupport.stream(resource("found.json").spliterator(), false).map(c -> {
            Map<String, Object> variables = new HashMap<>(Map.of("bos_token", "<s>", "eos_token", "</s>",
                    "add_generation_prompt", true));
            variables.put("messages", MAPPER.convertValue(c.get("messages"), Object.class));
            variables.put("tools", null);
            variables.put("documents", null);
            return test(c.get("template").textValue(), variables, c.get("expected").textValue());
        });
    }

    private static DynamicTest test(String template, Map<String, Object> variables, String expected) {
        return DynamicTest.dynamicTest("[" + template + "]", () -> {
            if (expected != null) {
                assertEquals(expected, render(template, variables));
            } else {
                String message = assertThrows(JinjaException.class, () -> render(template, variables)).getMessage();
                assertTrue(!message.isBlank() && message.length() < 1000, message);
            }
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
        1 + 2 * 3 # 7
        2 ** 3 ** 2 # 64
        -7 // 2 # -4
        7 % -3 # -2
        7 / 2 # 3.5
        not 1 in [2] # True
        1 < 2 < 3 # True
        'a' and 0 or 'b' # b
        'ab\u00e9'[::-1] # \u00e9ba
        [1, none, true, 1e16, 'x'] # [1, None, True, 1e+16, 'x']
        {'a': [1, 2]} | tojson # {"a": [1, 2]}
        '%05.1f|%s' % (2.25, none) # 002.2|None
        9223372036854775807 + 1 # 9223372036854775808
        """)
    void expressionsAreComputedAsInPython(String expression, String expected) {
        assertEquals(expected, render("{{ " + expression + " }}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', textBlock = """
        {{ 'a' }}|{{ x.y }} # line 1, .y: 'x' is undefined
        {{ 1 | nothing }} # line 1: there is no filter 'nothing'
        {{ 1 is nothing }} # line 1: there is no test 'nothing'
        {{ [].append(1) }} # line 1, a call of 'append': 'append' would change a list, which the sandbox does not allow
        {% for a in 5 %}{% endfor %} # line 1, {% for %}: expected a list or another thing with elements, found an integer
        {{ 'a' + 1 }} # line 1, '+': '+' cannot be done with a text and an integer
        {% if %}{% endif %} # line 1: expected an expression, found %}
        {% for a in b %} # line 1: {% for %} has no {% endfor %}
        {% nothing %} # line 1: the tag 'nothing' is not offered to chat templates
        {% break %} # {% break %} stands outside of a loop
        {% include 'a' %} # line 1, {% include %}: a chat template cannot reach other templates
        """)
    void errorsNameLineAndConstruct(String template, String message) {
        assertEquals(message, assertThrows(JinjaException.class, () -> render(template)).getMessage());
    }

    @Test
    void errorsCountLines() {
        String message = assertThrows(JinjaException.class, () -> render("a\n{% if true %}\n\n{{ 1 / 0 }}{% endif %}"))
                .getMessage();
        assertEquals("line 4, '/': division by zero", message);
    }

    @Test
    void aRefusalIsTheTemplatesOwn() {
        var e = assertThrows(JinjaException.class, () -> render("{{ raise_exception('roles must alternate') }}"));
        assertTrue(e.isRefusal());
        assertEquals("roles must alternate", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ lipsum() }}", "{{ [1] | random }}", "{{ [1] | pprint }}", "{{ 'a'.encode() }}",
            "{{ (-8) ** 0.5 }}", "{{ range }}", "{{ [1] | map('string') }}", "{{ 'a'.upper }}",
            "{% autoescape true %}{% endautoescape %}", "{{ ('%s' | safe) % 1 }}", "{{ ''.__class__.__mro__ }}",
            "{{ 'a'.getClass() }}", "{{ messages.getClass() }}"})
    void whatIsNotOfferedIsRefused(String template) {
        assertThrows(JinjaException.class, () -> render(template));
    }

    @Test
    void variablesAreThoseOfJson() {
        assertEquals("1 2.5 x None [True] {'a': 1}",
                render("{{ i }} {{ d }} {{ s }} {{ n }} {{ l }} {{ m }}", map(MAPPER
                        .valueToTree(mapOf("i", 1, "d", 2.5, "s", "x", "n", null, "l", new Object[]{true}, "m",
                                Map.of("a", 1))))));
        assertThrows(IllegalArgumentException.class, () -> render("", Map.of("x", new Object())));
        assertThrows(IllegalArgumentException.class, () -> render("", Map.of("x", Map.of(1, 2))));
        Object deep = 1;
        for (int i = 0; i < 200; i++) {
            deep = java.util.List.of(deep);
        }
        Object nested = deep;
        assertThrows(IllegalArgumentException.class, () -> render("", Map.of("x", nested)));
    }

    private static Map<String, Object> mapOf(Object... pairs) {
        Map<String, Object> map = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], pairs[i + 1]);
        }
        return map;
    }
}
