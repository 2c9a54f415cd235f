package io.github.mamba4j.engine.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
    private static final String CHATML = """
        {% for message in messages %}
        {{- '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' -}}
        {% endfor %}
        {% if add_generation_prompt %}
        {{- '<|im_start|>assistant\\n' -}}
        {% endif %}
        """;

    private static final String ZEPHYR = """
        {% for message in messages %}
        {% if message['role'] == 'user' %}
        {{ '<|user|>\\n' + message['content'] + eos_token }}
        {% elif message['role'] == 'system' %}
        {{ '<|system|>\\n' + message['content'] + eos_token }}
        {% elif message['role'] == 'assistant' %}
        {{ '<|assistant|>\\n'  + message['content'] + eos_token }}
        {% endif %}
        {% if loop.last and add_generation_prompt %}
        {{ '<|assistant|>' }}
        {% endif %}
        {% endfor %}
        """;

    private static final String LLAMA = """
        {%- if messages[0]['role'] == 'system' -%}
          {%- set rest = messages[1:] -%}
          {%- set ns = namespace(system='<<SYS>>\\n' ~ messages[0]['content'] | trim ~ '\\n<</SYS>>\\n\\n') -%}
        {%- else -%}
          {%- set rest = messages -%}
          {%- set ns = namespace(system='') -%}
        {%- endif -%}
        {{- bos_token -}}
        {%- for message in rest -%}
          {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
            {{- raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') -}}
          {%- endif -%}
          {%- if message.role == 'user' -%}
            {{- '[INST] ' + ns.system + message['content'].strip() + ' [/INST]' -}}
            {%- set ns.system = '' -%}
          {%- else -%}
            {{- ' ' + message['content'] | trim + ' ' + eos_token -}}
          {%- endif -%}
        {%- endfor -%}
        """;

    private static final List<ChatMessage> DIALOGUE = List.of(ChatMessage.system("Be brief."), ChatMessage.user(" Hi "),
            ChatMessage.assistant("Hello."), ChatMessage.user("Bye"));

    private static String render(String source, List<ChatMessage> messages) {
        return ChatTemplate.jinja(source, "<s>", "</s>").render(messages, true);
    }

    private static String render(String source) {
        return render(source, DIALOGUE);
    }

    @Test
    void writesChatMl() {
        assertEquals("""
            <|im_start|>system
            Be brief.<|im_end|>
            <|im_start|>user
             Hi <|im_end|>
            <|im_start|>assistant
            Hello.<|im_end|>
            <|im_start|>user
            Bye<|im_end|>
            <|im_start|>assistant
            """, render(CHATML));
        assertFalse(ChatTemplate.jinja(CHATML, "", "").render(DIALOGUE, false).endsWith("assistant\n"));
    }

    @Test
    void writesChatMlFromOneLineAsConfigurationsHoldIt() {
        assertEquals("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", render(
                "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
                        + "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
                List.of(ChatMessage.user("Hi"))));
    }

    @Test
    void writesZephyrsForm() {
        assertEquals("<|system|>\nBe brief.</s>\n<|user|>\n Hi </s>\n<|assistant|>\nHello.</s>\n<|user|>\nBye</s>\n"
                + "<|assistant|>\n", render(ZEPHYR));
    }

    @Test
    void writesLlamasForm() {
        assertEquals("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nHi [/INST] Hello. </s>[INST] Bye [/INST]",
                render(LLAMA));
    }

    @Test
    void reportsWhatATemplateRefuses() {
        var e = assertThrows(ChatTemplateException.class,
                () -> render(LLAMA, List.of(ChatMessage.user("a"), ChatMessage.user("b"))));
        assertEquals("the chat template refuses the messages: Conversation roles must alternate "
                + "user/assistant/user/assistant/...", e.getMessage());
    }

    @Test
    void offersWhatTemplatesUse() {
        assertEquals("x,y", render("{{ ' x-y '.strip().split('-') | join(',') }}"));
        assertEquals("yes", render("{% if 'abc'.startswith('ab') and not 'abc'.endswith('b') %}yes{% endif %}"));
        assertEquals("b", render("{{ 'a</think>b'.split('</think>')[-1] }}"));
        assertEquals("[\"a\\\"<\"]", render("{{ ['a\"<'] | tojson }}"));
        assertEquals("4 Bye system",
                render("{{ messages | length }} {{ messages[-1].content }} {{ messages[0].role }}"));
        assertEquals("none", render("{{ 'some' if tools is defined and tools else 'none' }}"));
        assertEquals("none", render("{% if tools is not none and tools %}some{% else %}none{% endif %}"));
        assertEquals("3;a=b",
                render("{% set ns = namespace(n=messages | length - 1, t='a=' ~ 'b') %}{{ ns.n }};{{ ns.t }}"));
        assertEquals("1:system 2:user 3:assistant 4:user",
                render("{% for m in messages %}{{ loop.index }}:{{ m.role }}{% if not loop.last %} {% endif %}{% endfor %}"));
        assertEquals("a=1;b=2;", render("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}"));
        assertEquals("aNone;", render("{% for k, v in {'a': none}.items() %}{{ k }}{{ v }};{% endfor %}"));
        assertEquals("[Hi]", render("{% macro box(t) %}[{{ t }}]{% endmacro %}{{ box('Hi') }}"));
        assertEquals("Hello.", render("{% generation %}{{ messages[2]['content'] }}{% endgeneration %}"));
        assertEquals("user user",
                render("{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='role') | join(' ') }}"));
        assertEquals("found", render(
                "{% set ns = namespace(f=false) %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.f = true %}{% endif %}{% endfor %}{{ 'found' if ns.f }}"));
    }

    @Test
    void neverTakesWhatIsSaidForATemplate() {
        String said = "{{ bos_token }} {% for m in messages %}x{% endfor %} {# note #} <&> \\n '\"";
        assertTrue(render(CHATML, List.of(ChatMessage.user(said))).contains("user\n" + said + "<|im_end|>"));
        assertTrue(render(LLAMA, List.of(ChatMessage.user(said))).contains("[INST] " + said + " [/INST]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
            "{% for a in range(9999) %}{% for b in range(9999) %}{% set x = a * b %}{% endfor %}{% endfor %}",
            "{% for a in range(9999) %}{% for b in range(9999) %}{{ 'long enough to fill it' }}{% endfor %}{% endfor %}",
            "{% set ns = namespace(t='xxxxxxxxxx') %}{% for a in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}{{ ns.t }}",
            "{% set ns = namespace(t='xxxxxxxxxx') %}{% for a in range(99) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}",
            "{% set ns = namespace(t='xxxxxxxxxx') %}{% for a in range(99) %}{% set ns.t = ns.t.replace('x', ns.t) %}{% endfor %}",
            "{% set ns = namespace(t='xxxxxxxxxx') %}{% for a in range(99) %}{% set ns.t = ns.t | replace('x', ns.t) %}{% endfor %}",
            "{% set ns = namespace(t=['x']) %}{% for a in range(99) %}{% set ns.t = ns.t + ns.t %}{% endfor %}"})
    void endsWhatWouldNotEnd(String hostile) {
        String message = assertThrows(ChatTemplateException.class, () -> render(hostile)).getMessage();
        assertTrue(message.length() < 1000, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% include 'config.json' %}", "{% import 'config.json' as c %}",
            "{% extends 'META-INF/MANIFEST.MF' %}", "{{ 'a'.getClass() }}", "{{ 'a'.repeat(100) }}",
            "{{ messages.getClass().forName('java.lang.Runtime') }}", "{{ '%09999999d' | format(1) }}",
            "{{ 'a' | center(999999999) }}", "{{ ____int3rpr3t3r____.getContext() }}",
            "{{ 'a' | render }}"})
    void offersNothingBeyondMessages(String hostile) {
        assertThrows(ChatTemplateException.class, () -> render(hostile));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% for m in messages %}", "{% if %}x{% endif %}", "{{ 'a' + }}", "{% unknown %}",
            "{{ unknown_function(1) }}", "{{ 'a' | unknown_filter }}"})
    void reportsBrokenTemplates(String broken) {
        assertThrows(ChatTemplateException.class, () -> render(broken));
    }

    @Test
    void refusesNestingWithoutEnd() {
        assertThrows(ChatTemplateException.class, () -> render("{{ " + "(".repeat(100_000) + "1"
                + ")".repeat(100_000) + " }}"));
        assertThrows(ChatTemplateException.class,
                () -> render("{% if true %}".repeat(20_000) + "{% endif %}".repeat(20_000)));
        assertThrows(ChatTemplateException.class, () -> render(" ".repeat((1 << 18) + 1)));
    }

    @Test
    void passesToolsDocumentsAndOtherVariables() {
        ChatTemplate template = ChatTemplate.jinja("{{ tools | tojson }}|{{ documents }}|{{ enable_thinking }}|"
                + "{{ bos_token }}|{{ strftime_now('%Y') }}", "<s>", "");
        assertEquals("null|None||<s>|2026", template.render(DIALOGUE, TemplateOptions.builder()
                .now(TemplateCases.NOW).build()));
        TemplateOptions options = TemplateOptions.builder().tools(List.of(Map.of("name", "f")))
                .documents(List.of(Map.of("text", "t"))).variable("enable_thinking", false).variable("bos_token", "B")
                .now(TemplateCases.NOW).build();
        assertEquals("[{\"name\": \"f\"}]|[{'text': 't'}]|False|B|2026", template.render(DIALOGUE, options));
        assertThrows(IllegalArgumentException.class, () -> TemplateOptions.builder().variable("messages", 1));
        assertThrows(ChatTemplateException.class, () -> ChatTemplate.plain().render(DIALOGUE, options));
    }

    @Test
    void messagesCarryWhatTemplatesRead() {
        ChatMessage call = ChatMessage.assistant("").with("tool_calls",
                List.of(Map.of("function", Map.of("name", "f"))));
        assertEquals("f", render("{{ messages[0].tool_calls[0].function.name }}", List.of(call)));
        ChatMessage parts = new ChatMessage(Map.of("role", "user", "content",
                List.of(Map.of("type", "text", "text", "a"), Map.of("type", "image"),
                        Map.of("type", "text", "text", "b"))));
        assertEquals("ab", parts.content());
        assertEquals("text image text ",
                render("{% for p in messages[0].content %}{{ p.type }} {% endfor %}", List.of(parts)));
        assertThrows(IllegalArgumentException.class, () -> new ChatMessage(Map.of("content", "x")));
        assertThrows(IllegalArgumentException.class, () -> ChatMessage.user("x").with("y", new Object()));
    }

    @Test
    void longConversationsFit() {
        List<ChatMessage> messages = new java.util.ArrayList<>();
        for (int i = 0; i < 200; i++) {
            messages.add(ChatMessage.user("question " + "word ".repeat(400)));
            messages.add(ChatMessage.assistant("answer " + "word ".repeat(400)));
        }
        assertTrue(render(CHATML, messages).length() > 800_000);
        String gathering = "{% set ns = namespace(s='') %}{% for m in messages %}{% for n in messages %}"
                + "{% if n.role == m.role %}{% endif %}{% endfor %}{% set ns.s = ns.s + m.content | trim %}{% endfor %}{{ ns.s }}";
        assertTrue(render(gathering, messages).length() > 800_000);
    }

    @Test
    void readsTheTemplateOfACheckpoint() throws IOException {
        var messages = List.of(ChatMessage.user("Hi"));
        assertEquals("Hi<s>", ChatTemplate.of(files(Map.of("tokenizer_config.json",
                "{\"chat_template\": \"{{ messages[0].content }}{{ bos_token }}\", \"bos_token\": {\"content\": \"<s>\"}}")))
                .render(messages, true));
        assertEquals("default", ChatTemplate.of(files(Map.of("tokenizer_config.json",
                "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"rag\"}, {\"name\": \"default\", \"template\": \"default\"}]}")))
                .render(messages, true));
        assertEquals("file</s>", ChatTemplate.of(files(Map.of("chat_template.jinja", "file{{ eos_token }}\n",
                "tokenizer_config.json", "{\"chat_template\": \"other\", \"eos_token\": \"</s>\"}")))
                .render(messages, true));
        String named = "{\"chat_template\": [{\"name\": \"tool_use\", \"template\": \"tools\"}, {\"name\": \"default\", \"template\": \"default\"}]}";
        ChatTemplate both = ChatTemplate.of(files(Map.of("tokenizer_config.json", named)));
        assertEquals("default", both.render(messages, true));
        assertEquals("tools", both.render(messages, TemplateOptions.builder().tools(List.of()).build()));
        assertEquals("json<s>", ChatTemplate.of(files(Map.of("chat_template.json",
                "{\"chat_template\": \"json{{ bos_token }}\"}", "special_tokens_map.json", "{\"bos_token\": \"<s>\"}")))
                .render(messages, true));
        assertEquals("False", ChatTemplate.of(files(Map.of("chat_template.jinja", "{{ eos_token is defined }}")))
                .render(messages, true));
        assertEquals(ChatTemplate.plain(), ChatTemplate.of(files(Map.of())));
        assertEquals(ChatTemplate.plain(), ChatTemplate.of(files(Map.of("tokenizer_config.json", "{}"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"chat_template\": 7}", "{\"chat_template\": [{\"name\": \"rag\", \"template\": \"x\"}]}",
            "{\"chat_template\": ", "[[["})
    void refusesOddConfigurations(String config) {
        var e = assertThrows(CheckpointException.class,
                () -> ChatTemplate.of(files(Map.of("tokenizer_config.json", config))));
        assertTrue(e.getMessage().startsWith("model/tokenizer_config.json: "), e.getMessage());
    }

    @Test
    void withoutATemplateTheTextGoesOn() throws IOException {
        try (Checkpoint shipped = Checkpoint.shipped()) {
            assertEquals(ChatTemplate.plain(), ChatTemplate.of(shipped.files()));
        }
        ChatTemplate plain = ChatTemplate.plain();
        assertFalse(plain.includesSpecialTokens());
        assertEquals("Once there was a dog. Then it\nran", plain.render(List.of(ChatMessage.user("Once there"),
                ChatMessage.assistant(" was a dog."), ChatMessage.user("Then it"), ChatMessage.assistant("\nran")),
                true));
    }

    private static ModelFiles files(Map<String, String> contents) {
        return new ModelFiles() {
            @Override
            public Optional<InputStream> open(String name) {
                return Optional.ofNullable(contents.get(name))
                        .map(text -> new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            }

            @Override
            public boolean has(String name) {
                return contents.containsKey(name);
            }

            @Override
            public String location() {
                return "model";
            }
        };
    }
}
