package io.github.mamba4j.engine.chat;

import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a chat template is given besides the messages. Immutable and thread-safe. Values are those of JSON: texts, numbers,
 * booleans, null, lists, and maps from texts.
 */
public final class TemplateOptions {
    private static final TemplateOptions DEFAULTS = builder().build();

    private final boolean addGenerationPrompt;
    private final Map<String, Object> variables;
    private final LocalDateTime now;

    private TemplateOptions(Builder builder) {
        addGenerationPrompt = builder.addGenerationPrompt;
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(builder.variables));
        now = builder.now;
    }

    /**
     * The options for the model's next message: with a generation prompt, without tools, documents and variables.
     *
     * @return the options
     */
    public static TemplateOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Begins with the defaults.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins with these options.
     *
     * @return a builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.addGenerationPrompt = addGenerationPrompt;
        builder.variables.putAll(variables);
        builder.now = now;
        return builder;
    }

    /**
     * Whether what the model's own next message begins with is added.
     *
     * @return true by default
     */
    public boolean addGenerationPrompt() {
        return addGenerationPrompt;
    }

    /**
     * All variables, {@code tools} and {@code documents} among them if they were given.
     *
     * @return names and values
     */
    public Map<String, Object> variables() {
        return variables;
    }

    /**
     * What a template that prints the date takes for the present time.
     *
     * @return the time; empty for the machine's clock
     */
    public Optional<LocalDateTime> now() {
        return Optional.ofNullable(now);
    }

    /** Collects options. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Object> variables = new LinkedHashMap<>();
        private boolean addGenerationPrompt = true;
        private LocalDateTime now;

        private Builder() {}

        /**
         * Whether to add what the model's own next message begins with.
         *
         * @param value false for a conversation that is only to be shown, or trained on
         * @return this
         */
        public Builder addGenerationPrompt(boolean value) {
            addGenerationPrompt = value;
            return this;
        }

        /**
         * The tools that the model may call, each as its JSON schema.
         *
         * @param tools for instance {@code {"type": "function", "function": {"name": ..., "parameters": ...}}} as maps
         * @return this
         */
        public Builder tools(List<?> tools) {
            return variable("tools", tools);
        }

        /**
         * The documents that the model may quote.
         *
         * @param documents mostly maps with {@code title} and {@code text}
         * @return this
         */
        public Builder documents(List<?> documents) {
            return variable("documents", documents);
        }

        /**
         * A variable that the template asks for, such as {@code enable_thinking}.
         *
         * @param name its name; it goes before a special token of that name
         * @param value its value
         * @return this
         * @throws IllegalArgumentException if it is {@code messages} or {@code add_generation_prompt}, which are given
         *     otherwise
         */
        public Builder variable(String name, Object value) {
            if (name.equals("messages") || name.equals("add_generation_prompt")) {
                throw new IllegalArgumentException("variable: expected another name, found '" + name + "'");
            }
            variables.put(Objects.requireNonNull(name, "name"), value);
            return this;
        }

        /**
         * Several variables.
         *
         * @param values names and values
         * @return this
         * @throws IllegalArgumentException as {@link #variable} does
         */
        public Builder variables(Map<String, ?> values) {
            values.forEach(this::variable);
            return this;
        }

        /**
         * What a template that prints the date takes for the present time. Give it for prompts that are the same
         * tomorrow.
         *
         * @param time the time; null for the machine's clock
         * @return this
         */
        public Builder now(LocalDateTime time) {
            now = time;
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options
         */
        public TemplateOptions build() {
            return new TemplateOptions(this);
        }
    }
}
