package io.github.mamba4j.engine.chat;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import java.io.IOException;
import java.util.List;

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
     * @param addGenerationPrompt whether to add what the model's own next message begins with
     * @return the text
     * @throws ChatTemplateException if the template refuses the messages, or cannot be run within its limits
     */
    String render(List<ChatMessage> messages, boolean addGenerationPrompt);

    /**
     * Whether the text has all special tokens that it needs, spelled out, so that a tokenizer must not add any.
     *
     * @return true for templates of checkpoints
     */
    boolean includesSpecialTokens();

    /**
     * The template of models that were not trained to converse: the messages one after another, as one running text.
     * Nothing says who speaks; the model continues what the user wrote, and the user continues that. Where neither side
     * has white space, a space keeps two messages apart.
     *
     * @return the template
     */
    static ChatTemplate plain() {
        return new PlainTemplate();
    }

    /**
     * A template in Jinja, run as transformers runs it: {@code trim_blocks} and {@code lstrip_blocks} are on; there are
     * {@code messages} (each with {@code role} and {@code content}), {@code add_generation_prompt}, {@code bos_token},
     * {@code eos_token}, {@code namespace}, {@code range}, {@code raise_exception}, the filters that concern text and
     * lists, {@code tojson} among them, and Python's common methods of strings, lists and dictionaries.
     *
     * <p>A template is a program of a stranger. It reaches neither files nor Java objects, what a message says is never
     * taken for a part of the template, and its steps, its output and its time are limited.
     *
     * @param source the template
     * @param bosToken the text of the token that begins a text; may be empty
     * @param eosToken the text of the token that ends one; may be empty
     * @return the template
     * @throws ChatTemplateException if it is too long, or the Jinja library is not on the class path
     */
    static ChatTemplate jinja(String source, String bosToken, String eosToken) {
        try {
            return new JinjaTemplate(source, bosToken, eosToken);
        } catch (NoClassDefFoundError e) {
            throw new ChatTemplateException("the chat template is written in Jinja, which takes the library "
                    + "com.hubspot.jinjava:jinjava on the class path", e);
        }
    }

    /**
     * The template of a checkpoint: {@code chat_template.jinja}, else {@code chat_template} of
     * {@code tokenizer_config.json} (of several named ones {@code default}), else {@link #plain()}.
     *
     * @param files the checkpoint's files
     * @return the template
     * @throws CheckpointException if a file has something else than a template in its place
     * @throws IOException if a file cannot be read
     * @throws ChatTemplateException if the template is too long, or the Jinja library is not on the class path
     */
    static ChatTemplate of(ModelFiles files) throws IOException {
        return ChatTemplateReader.read(files);
    }
}
