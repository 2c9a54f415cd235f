package io.github.mamba4j.engine.chat;

import io.github.mamba4j.engine.chat.jinja.JinjaException;
import io.github.mamba4j.engine.chat.jinja.JinjaProgram;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A template of a checkpoint. */
final class JinjaTemplate implements ChatTemplate {
    private final JinjaProgram program;
    private final JinjaProgram withTools;
    private final Map<String, String> specialTokens;

    /**
     * Makes a template.
     *
     * @param source the template
     * @param toolSource the template when there are tools; null for the same
     * @param specialTokens names and texts
     */
    JinjaTemplate(String source, String toolSource, Map<String, String> specialTokens) {
        program = parse(source);
        withTools = toolSource == null ? program : parse(toolSource);
        this.specialTokens = Map.copyOf(specialTokens);
    }

    private static JinjaProgram parse(String source) {
        try {
            return JinjaProgram.parse(source);
        } catch (JinjaException e) {
            throw new ChatTemplateException("the chat template cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public String render(List<ChatMessage> messages, TemplateOptions options) {
        Map<String, Object> variables = new HashMap<>(specialTokens);
        variables.put("tools", null);
        variables.put("documents", null);
        variables.putAll(options.variables());
        variables.put("messages", messages.stream().map(ChatMessage::values).toList());
        variables.put("add_generation_prompt", options.addGenerationPrompt());
        JinjaProgram chosen = variables.get("tools") == null ? program : withTools;
        try {
            return chosen.render(variables, options.now().orElseGet(LocalDateTime::now));
        } catch (JinjaException e) {
            String what = e.isRefusal()
                    ? "the chat template refuses the messages: "
                    : "the chat template fails: ";
            throw new ChatTemplateException(what + e.getMessage(), e);
        }
    }

    @Override
    public boolean includesSpecialTokens() {
        return true;
    }
}
