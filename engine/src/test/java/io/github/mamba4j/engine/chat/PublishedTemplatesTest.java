package io.github.mamba4j.engine.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Published templates give what transformers gives, character by character, and refuse what it refuses. */
class PublishedTemplatesTest {
    private final List<String> differences = new ArrayList<>();
    private int renderings;

    @Test
    void publishedTemplatesGiveWhatTheReferenceGives() throws IOException {
        Optional<Path> folder = TemplateCases.published();
        assumeTrue(folder.isPresent(), "there is no folder shared/chat-templates in or above "
                + Path.of("").toAbsolutePath() + "; name it by -Dmamba4j.test.chatTemplates=...");
        JsonNode conversations = TemplateCases.file(folder.get().resolve("conversations.json"));
        List<Path> templates;
        try (Stream<Path> files = Files.list(folder.get())) {
            templates = files.filter(file -> file.toString().endsWith(".jinja")).sorted().toList();
        }
        for (Path template : templates) {
            compare(template, conversations);
        }
        assertTrue(renderings > 0, "the folder is empty");
        assertEquals(List.of(), differences, () -> differences.size() + " of " + renderings + " differ");
    }

    private void compare(Path file, JsonNode conversations) throws IOException {
        ChatTemplate template = ChatTemplate.jinja(Files.readString(file),
                Map.of("bos_token", conversations.get("bos_token").textValue(), "eos_token",
                        conversations.get("eos_token").textValue()));
        String name = file.getFileName().toString().replace(".jinja", "");
        for (JsonNode wanted : TemplateCases.file(file.resolveSibling(name + ".expected.json"))) {
            JsonNode conversation = conversations.get("conversations").get(wanted.get("conversation").textValue());
            Map<String, Object> variables = TemplateCases.map(conversation);
            variables.remove("messages");
            TemplateOptions options = TemplateOptions.builder().variables(variables).now(TemplateCases.NOW)
                    .addGenerationPrompt(wanted.get("add_generation_prompt").booleanValue()).build();
            String found;
            try {
                found = template.render(TemplateCases.messages(conversation.get("messages")), options);
            } catch (ChatTemplateException e) {
                found = null;
            }
            renderings++;
            String expected = wanted.get("expected").textValue();
            if (expected == null ? found != null : !expected.equals(found)) {
                differences.add(name + ", " + wanted.get("conversation") + ": expected\n" + expected + "\nfound\n"
                        + found);
            }
        }
    }
}
