package io.github.mamba4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.chat.ChatMessage;
import io.github.mamba4j.engine.chat.ChatTemplate;
import io.github.mamba4j.engine.chat.TemplateOptions;
import io.github.mamba4j.weights.Checkpoint;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code mamba template}: the prompt that a chat template makes of a conversation. */
@Command(name = "template", description = {"Shows the prompt that a chat template makes of a conversation.",
        "It is printed as the model would get it, character by character, with no line end added."}, footerHeading = "%nExamples:%n", footer = {
                "  echo '{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}' | mamba template --conversation - --model my-chat-model",
                "  mamba template --template chat_template.jinja --conversation talk.json --bos-token '<s>' --eos-token '</s>'"})
final class TemplateCommand implements Callable<Integer> {
    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @Option(names = "--template", paramLabel = "FILE", description = "A file with a template. Default: the template of the model.")
    private String template;

    @Option(names = "--conversation", paramLabel = "FILE", required = true, description = "A JSON object with "
            + "'messages', and 'tools', 'documents' and other variables if there are any; - is standard input.")
    private String conversation;

    @Option(names = "--no-generation-prompt", description = "Leave out what the model's next message begins with.")
    private boolean noGenerationPrompt;

    @Option(names = "--now", paramLabel = "TIME", converter = TimeConverter.class, description = "What a template that prints the date takes for the "
            + "present time, such as 2026-01-15T09:30. Default: now.")
    private LocalDateTime now;

    @Option(names = "--bos-token", paramLabel = "TEXT", description = "The token that begins a text. Default: the model's.")
    private String bosToken;

    @Option(names = "--eos-token", paramLabel = "TEXT", description = "The token that ends a text. Default: the model's.")
    private String eosToken;

    TemplateCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        if (template != null && model.isNamed()) {
            throw new ParameterException(spec.commandLine(), "expected --template or --model, found both");
        }
        Map<String, Object> values = conversation();
        List<ChatMessage> messages = messages(values.remove("messages"));
        Object wanted = values.remove("add_generation_prompt");
        TemplateOptions.Builder options = TemplateOptions.builder().variables(values).now(now)
                .addGenerationPrompt(!noGenerationPrompt && !Boolean.FALSE.equals(wanted));
        if (bosToken != null) {
            options.variable("bos_token", bosToken);
        }
        if (eosToken != null) {
            options.variable("eos_token", eosToken);
        }
        io.print(template().render(messages, options.build()));
        return 0;
    }

    private ChatTemplate template() throws IOException {
        if (template != null) {
            return ChatTemplate.jinja(withoutMark(TextFiles.read(template, io)), Map.of());
        }
        try (Checkpoint checkpoint = model.open()) {
            return ChatTemplate.of(checkpoint.files());
        }
    }

    private Map<String, Object> conversation() throws IOException {
        String label = TextFiles.label(conversation);
        try {
            JsonNode node = Json.parse(withoutMark(TextFiles.read(conversation, io)));
            if (!node.isObject()) {
                throw new IOException(label + ": expected a JSON object with 'messages', found something else");
            }
            return Json.map(node);
        } catch (JsonProcessingException e) {
            throw new IOException(label + ": " + Json.problem(e), e);
        }
    }

    private List<ChatMessage> messages(Object list) throws IOException {
        String label = TextFiles.label(conversation);
        if (!(list instanceof List<?> values)) {
            throw new IOException(label + ": messages: expected a list of messages, found "
                    + (list == null ? "none" : "something else"));
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (Object value : values) {
            if (!(value instanceof Map<?, ?> map)) {
                throw new IOException(label + ": message " + messages.size() + ": expected an object");
            }
            messages.add(message(map, label + ": message " + messages.size()));
        }
        return messages;
    }

    private static ChatMessage message(Map<?, ?> map, String label) throws IOException {
        try {
            // JSON's keys are texts; the constructor checks it.
            @SuppressWarnings("unchecked")
            var values = (Map<String, Object>) map;
            return new ChatMessage(values);
        } catch (IllegalArgumentException e) {
            throw new IOException(label + ": " + e.getMessage(), e);
        }
    }

    /** Local times in the form of ISO 8601. */
    static final class TimeConverter implements ITypeConverter<LocalDateTime> {
        @Override
        public LocalDateTime convert(String value) {
            try {
                return LocalDateTime.parse(value);
            } catch (DateTimeParseException e) {
                throw new TypeConversionException("expected a time such as 2026-01-15T09:30, found '" + value + "'");
            }
        }
    }

    private static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
