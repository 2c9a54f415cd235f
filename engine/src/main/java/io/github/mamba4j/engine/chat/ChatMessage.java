package io.github.mamba4j.engine.chat;

import java.util.Objects;

/**
 * One message of a conversation. Immutable and thread-safe.
 *
 * @param role who speaks: {@value #SYSTEM}, {@value #USER}, {@value #ASSISTANT}, or what else a template knows
 * @param content what is said; may be empty
 */
public record ChatMessage(String role, String content) {
    /** The role of instructions that come before a conversation. */
    public static final String SYSTEM = "system";
    /** The role of who asks. */
    public static final String USER = "user";
    /** The role of the model. */
    public static final String ASSISTANT = "assistant";

    /**
     * Checks the message.
     *
     * @throws IllegalArgumentException if the role is blank
     */
    public ChatMessage {
        Objects.requireNonNull(content, "content");
        if (role.isBlank()) {
            throw new IllegalArgumentException("role: expected a name, found nothing");
        }
    }

    /**
     * Instructions that come before a conversation.
     *
     * @param content what is said
     * @return the message
     */
    public static ChatMessage system(String content) {
        return new ChatMessage(SYSTEM, content);
    }

    /**
     * A message to the model.
     *
     * @param content what is said
     * @return the message
     */
    public static ChatMessage user(String content) {
        return new ChatMessage(USER, content);
    }

    /**
     * A message of the model.
     *
     * @param content what is said
     * @return the message
     */
    public static ChatMessage assistant(String content) {
        return new ChatMessage(ASSISTANT, content);
    }
}
