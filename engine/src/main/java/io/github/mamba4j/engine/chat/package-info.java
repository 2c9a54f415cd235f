/**
 * Conversations with a model.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.chat.Conversation}: it keeps a state for each turn, so that only new text
 * is fed and a turn can be taken back. A {@link io.github.mamba4j.engine.chat.ChatTemplate} turns its
 * {@link io.github.mamba4j.engine.chat.ChatMessage}s into the text a model was trained on, and says by a
 * {@link io.github.mamba4j.engine.chat.ChatTemplateException} what it does not take.
 *
 * <p>Templates of checkpoints are written in Jinja, which {@link io.github.mamba4j.engine.chat.jinja} runs as transformers
 * does; {@link io.github.mamba4j.engine.chat.TemplateOptions} carry tools, documents and other variables to them.
 */
package io.github.mamba4j.engine.chat;
