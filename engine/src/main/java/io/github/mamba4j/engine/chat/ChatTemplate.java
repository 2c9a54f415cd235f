package io.github.mamba4j.engine.chat;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Turns the messages of a conversation into the one text that a model goes on with. Thread-safe.
 *
 * <p>A checkpoint brings its template along, in Jinja; where there is none, {@link #plain()} does.
 */
public sealed interface ChatTemplate permits PlainTemplate, JinjaTemplate {
    /**
     * Writes messages as one text.
     *
     * @param messages the conversation so far, oldest first
     * @param options tools, documents and other variables, and whether to add a generation prompt
     * @return the text
     * @throws ChatTemplateException if the template refuses the messages, or cannot be run within its limits
     * @throws IllegalArgumentException if a variable is not made of texts, numbers, booleans, null, lists and maps
     */
    String render(List<ChatMessage> messages, TemplateOptions options);

    /**
     * Writes messages as one text, without variables.
     *
     * @param messages the conversation so far, oldest first
     * @param addGenerationPrompt whether to add what the model's own next message begins with
     * @return the text
     * @throws ChatTemplateException if the template refuses the messages, or cannot be run within its limits
     */
    default String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        return render(messages, TemplateOptions.builder().addGenerationPrompt(addGenerationPrompt).build());
    }

    /**
     * Whether the text has all special tokens that it needs, spelled out, so that a tokenizer must not add any: neither
     * a second beginning-of-text where the template writes one, nor one where it writes none.
     *
     * @return true for templates of checkpoints
     */
    boolean includesSpecialTokens();

    /**
     * The template of models that were not trained to converse: the messages one after another, as one running text.
     * Nothing says who speaks; the model continues what the user wrote, and the user continues that. Where neither side
     * has white space, a space keeps two messages apart. It has no place for tools, documents or other variables.
     *
     * @return the template
     */
    static ChatTemplate plain() {
        return new PlainTemplate();
    }

    /**
     * A template in Jinja, run exactly as transformers runs it; see
     * {@link io.github.mamba4j.engine.chat.jinja.JinjaProgram} for the language. It is given {@code messages},
     * {@code add_generation_prompt}, {@code tools} and {@code documents} (none unless the options have them), the special
     * tokens, and all variables of the options.
     *
     * <p>A template is a program of a stranger. It reaches neither files nor Java objects, what a message says is never
     * taken for a part of the template, and its steps, its output, its numbers and its depth are limited.
     *
     * @param source the template
     * @param specialTokens texts of tokens by their names in the template, such as {@code bos_token}; a name that is not
     *     there is undefined
     * @return the template
     * @throws ChatTemplateException if it is too long, or cannot be parsed; the message names the line
     */
    static ChatTemplate jinja(String source, Map<String, String> specialTokens) {
        return new JinjaTemplate(source, null, specialTokens);
    }

    /**
     * A template in Jinja with the two special tokens that most use.
     *
     * @param source the template
     * @param bosToken the text of the token that begins a text; may be empty
     * @param eosToken the text of the token that ends one; may be empty
     * @return the template
     * @throws ChatTemplateException if it is too long, or cannot be parsed; the message names the line
     */
    static ChatTemplate jinja(String source, String bosToken, String eosToken) {
        return jinja(source, Map.of("bos_token", bosToken, "eos_token", eosToken));
    }

    /**
     * The template of a checkpoint: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json}, else that of {@code chat_template.json}, else {@link #plain()}. Of several named ones
     * {@code tool_use} is taken when there are tools, and {@code default} otherwise.
     *
     * @param files the checkpoint's files
     * @return the template
     * @throws CheckpointException if a file has something else than a template in its place
     * @throws IOException if a file cannot be read
     * @throws ChatTemplateException if the template is too long, or cannot be parsed
     */
    static ChatTemplate of(ModelFiles files) throws IOException {
        return ChatTemplateReader.read(files);
    }
}
