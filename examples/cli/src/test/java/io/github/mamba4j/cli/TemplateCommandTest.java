package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCommandTest {
    private static final String HI = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi \ud83d\ude00\"}]";

    @TempDir
    private Path folder;
    private String template;

    @BeforeEach
    void write() throws IOException {
        template = Files.writeString(folder.resolve("t.jinja"), "{{ bos_token }}{% for m in messages %}{{ m.role }}: "
                + "{{ m.content }}{{ eos_token }}\n{% endfor %}{% if tools %}{{ tools | tojson }}{% endif %}"
                + "{{ style }}{% if add_generation_prompt %}>{% endif %}{{ strftime_now('%d.%m.') if dated }}\n\n")
                .toString();
    }

    private CliRun render(String conversation, String... options) {
        String[] args = new String[options.length + 5];
        System.arraycopy(new String[]{"template", "--template", template, "--conversation", "-"}, 0, args, 0, 5);
        System.arraycopy(options, 0, args, 5, options.length);
        return mambaReading(conversation, args);
    }

    @Test
    void printsThePromptAndNothingElse() {
        assertEquals("user: Hi \ud83d\ude00\n>\n", render(HI + "}").succeeded().out());
        assertEquals("<s>user: Hi \ud83d\ude00</s>\n\n",
                render(HI + "}", "--no-generation-prompt", "--bos-token", "<s>", "--eos-token", "</s>").succeeded()
                        .out());
        assertEquals("user: Hi \ud83d\ude00\n\n", render("\ufeff" + HI + ", \"add_generation_prompt\": false}")
                .succeeded().out());
    }

    @Test
    void passesToolsAndVariablesAndTheTime() {
        assertEquals("user: Hi \ud83d\ude00\n[{\"name\": \"f\", \"n\": 1.0}]brief>15.01.\n",
                render(HI + ", \"tools\": [{\"name\": \"f\", \"n\": 1.0}], \"documents\": null, \"style\": \"brief\", "
                        + "\"dated\": true}", "--now", "2026-01-15T09:30").succeeded().out());
    }

    @Test
    void theModelsTemplateIsTheDefault() throws IOException {
        Path file = Files.writeString(folder.resolve("talk.json"), HI + "}");
        assertEquals("Hi \ud83d\ude00", mamba("template", "--conversation", file.toString()).succeeded().out());
        mambaReading(HI + ", \"tools\": [1]}", "template", "--conversation", "-").failed(1, "no chat template",
                "tools");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        render("{").failed(1, "standard input: not JSON");
        render("[]").failed(1, "standard input", "object");
        render("{}").failed(1, "messages", "list");
        render("{\"messages\": [7]}").failed(1, "message 0", "object");
        render("{\"messages\": [{\"content\": \"x\"}]}").failed(1, "message 0", "role");
        render(HI + "}", "--now", "yesterday").failed(2, "--now");
        render(HI + "}", "--model", folder.toString()).failed(2, "--template", "--model");
        mamba("template").failed(2, "--conversation");
        Files.writeString(Path.of(template), "\n{% for %}");
        render(HI + "}").failed(1, "line 2");
        Files.writeString(Path.of(template), "{{ raise_exception('not\nthat') }}");
        render(HI + "}").failed(1, "the chat template refuses the messages: not that");
        mamba("template", "--template", folder.resolve("none").toString(), "--conversation", template).failed(1);
    }
}
