/**
 * Conversations: templates that turn messages into the text a model was trained on, and a
 * {@link io.github.mamba4j.engine.chat.Conversation} that keeps a state for each turn, so that only new text is fed and a
 * turn can be taken back.
 *
 * <p>Templates of checkpoints are written in Jinja and need the library {@code com.hubspot.jinjava:jinjava}, which brings
 * much with it and is therefore an optional dependency: a program that uses such templates names it among its own.
 */
package io.github.mamba4j.engine.chat;
