/**
 * Conversations with a model.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.chat.Conversation}: it keeps a state for each turn, so that only new text
 * is fed and a turn can be taken back. A {@link io.github.mamba4j.engine.chat.ChatTemplate} turns its
 * {@link io.github.mamba4j.engine.chat.ChatMessage}s into the text a model was trained on, and says by a
 * {@link io.github.mamba4j.engine.chat.ChatTemplateException} what it does not take.
 *
 * <p>Templates of checkpoints are written in Jinja and need the library {@code com.hubspot.jinjava:jinjava}, which brings
 * much with it and is therefore an optional dependency: a program that uses such templates names it among its own.
 */
package io.github.mamba4j.engine.chat;
