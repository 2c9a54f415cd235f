package io.github.mamba4j.engine.chat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One message of a conversation: a role, a content and whatever else a chat template reads, such as {@code tool_calls},
 * {@code tool_call_id}, {@code reasoning_content} or a content of several parts. Immutable and thread-safe.
 *
 * @param values all of it, as the object that it is in JSON: texts, numbers, booleans, null, lists and maps from texts. The
 *     order is kept, because templates print it
 */
public record ChatMessage(Map<String, Object> values) {
    /** The role of instructions that come before a conversation. */
    public static final String SYSTEM = "system";
    /** The role of who asks. */
    public static final String USER = "user";
    /** The role of the model. */
    public static final String ASSISTANT = "assistant";

    private static final int MAX_NESTING = 64;

    /**
     * Checks and copies the message.
     *
     * @throws IllegalArgumentException if the role is no text or blank, or a value has no form in JSON
     */
    public ChatMessage {
        values = copyOf(values, 0);
        if (!(values.get("role") instanceof String role) || role.isBlank()) {
            throw new IllegalArgumentException("role: expected a name, found "
                    + (values.get("role") == null ? "nothing" : "'" + values.get("role") + "'"));
        }
    }

    /**
     * A message of plain text.
     *
     * @param role who speaks: {@value #SYSTEM}, {@value #USER}, {@value #ASSISTANT}, or what else a template knows
     * @param content what is said; may be empty
     * @throws IllegalArgumentException if the role is blank
     */
    public ChatMessage(String role, String content) {
        this(ordered(role, content));
    }

    private static Map<String, Object> ordered(String role, String content) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("role", role);
        values.put("content", Objects.requireNonNull(content, "content"));
        return values;
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

    /**
     * The same message with one more value, or another one.
     *
     * @param name its name, such as {@code tool_calls}
     * @param value a text, a number, a boolean, null, a list or a map of such
     * @return the message
     * @throws IllegalArgumentException if the value has no form in JSON
     */
    public ChatMessage with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(name, value);
        return new ChatMessage(more);
    }

    /**
     * Who speaks.
     *
     * @return the role
     */
    public String role() {
        return (String) values.get("role");
    }

    /**
     * What is said, as text.
     *
     * @return the content; of several parts the texts among them, put together; empty if there is none
     */
    public String content() {
        return switch (values.get("content")) {
            case String text -> text;
            case List<?> parts -> {
                StringBuilder text = new StringBuilder();
                for (Object part : parts) {
                    if (part instanceof Map<?, ?> map && map.get("text") instanceof String piece) {
                        text.append(piece);
                    }
                }
                yield text.toString();
            }
            case null, default -> "";
        };
    }

    private static Map<String, Object> copyOf(Map<?, ?> map, int nesting) {
        Map<String, Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (!(key instanceof String name)) {
                throw new IllegalArgumentException("a message: expected names that are texts, found " + key);
            }
            copy.put(name, copy(value, nesting));
        });
        return Collections.unmodifiableMap(copy);
    }

    private static Object copy(Object value, int nesting) {
        if (nesting > MAX_NESTING) {
            throw new IllegalArgumentException("a message: nested deeper than " + MAX_NESTING + " levels");
        }
        return switch (value) {
            case null -> null;
            case String text -> text;
            case Boolean b -> b;
            case Number n -> n;
            case Map<?, ?> map -> copyOf(map, nesting + 1);
            case List<?> list -> {
                List<Object> items = new ArrayList<>(list.size());
                list.forEach(item -> items.add(copy(item, nesting + 1)));
                yield Collections.unmodifiableList(items);
            }
            default -> throw new IllegalArgumentException("a message: expected texts, numbers, booleans, null, lists "
                    + "and maps, found " + value.getClass().getName());
        };
    }
}
