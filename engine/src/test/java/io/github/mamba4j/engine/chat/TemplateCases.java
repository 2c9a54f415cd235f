package io.github.mamba4j.engine.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Templates and what the reference makes of them. */
final class TemplateCases {
    static final LocalDateTime NOW = LocalDateTime.of(2026, 1, 15, 9, 30);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private TemplateCases() {}

    static JsonNode resource(String name) throws IOException {
        try (InputStream in = TemplateCases.class.getResourceAsStream(name)) {
            return MAPPER.readTree(in);
        }
    }

    static JsonNode file(Path file) throws IOException {
        return MAPPER.readTree(file.toFile());
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(JsonNode node) {
        return MAPPER.convertValue(node, Map.class);
    }

    static List<ChatMessage> messages(JsonNode list) {
        List<ChatMessage> messages = new ArrayList<>();
        list.forEach(message -> messages.add(new ChatMessage(map(message))));
        return messages;
    }

    /** A folder of published templates, which are not a part of this project: beside it, or where a property says. */
    static Optional<Path> published() {
        String named = System.getProperty("mamba4j.test.chatTemplates");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path found = folder.resolve("shared").resolve("chat-templates");
            if (Files.isRegularFile(found.resolve("conversations.json"))) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }
}
