package io.github.mamba4j.engine.djl;

import io.github.mamba4j.engine.generate.BeamOptions;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationOptionsBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * DJL's arguments and options, whose values are objects or their texts.
 */
record Arguments(Map<String, ?> values) {
    /** What {@link #applyTo} looks at. */
    static final Set<String> OF_GENERATION = Set.of("max_new_tokens", "min_new_tokens", "temperature", "top_k", "top_p",
            "min_p", "typical_p", "repetition_penalty", "presence_penalty", "frequency_penalty", "no_repeat_ngram_size",
            "num_beams", "seed", "stop", "ignore_eos");

    /** What a model's arguments may be: ours, and those that DJL and DJL Serving have. */
    static final Set<String> ALL = Stream.of(OF_GENERATION, Set.of("pooling", "normalize"), Set.of("engine",
            "translatorFactory", "blockFactory", "application", "modelName", "model_name", "artifact_id", "model_id",
            "batch_size", "batchSize", "max_batch_delay", "maxBatchDelay", "max_idle_time", "maxIdleTime",
            "job_queue_size", "queueSize", "min_workers", "minWorkers", "max_workers", "maxWorkers", "load_on_devices",
            "retry_threshold", "required_memory_mb", "reserved_memory_mb", "entryPoint")).flatMap(Set::stream)
            .collect(Collectors.toUnmodifiableSet());

    /** How the vectors of tokens become one; the last one's if nothing is said. */
    Embedder.Pooling pooling() {
        return constant("pooling", Embedder.Pooling.class).orElse(Embedder.Pooling.LAST);
    }

    /**
     * Refuses names that are not known.
     *
     * @throws IllegalArgumentException naming one
     */
    void requireKnown(Set<String> known) {
        for (String name : values.keySet()) {
            // DJL Serving has names with a point, such as gpu.maxWorkers.
            if (!known.contains(name) && name.indexOf('.') < 0) {
                throw new IllegalArgumentException("unknown name '" + name + "': expected one of "
                        + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    Optional<Integer> integer(String name) {
        return number(name).map(value -> {
            if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
                throw unexpected(name, "a whole number");
            }
            return value.intValue();
        });
    }

    Optional<Double> number(String name) {
        return text(name).map(value -> {
            try {
                return Double.valueOf(value);
            } catch (NumberFormatException e) {
                throw unexpected(name, "a number");
            }
        });
    }

    /** A long; not by way of a double, which has not all of them. */
    Optional<Long> longInteger(String name) {
        return text(name).map(value -> {
            try {
                return Long.valueOf(value);
            } catch (NumberFormatException e) {
                throw unexpected(name, "a whole number");
            }
        });
    }

    Optional<Boolean> flag(String name) {
        return text(name).map(value -> switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw unexpected(name, "true or false");
        });
    }

    /** A constant of an enum, in any case. */
    <E extends Enum<E>> Optional<E> constant(String name, Class<E> type) {
        return text(name).map(value -> Arrays.stream(type.getEnumConstants())
                .filter(c -> c.name().equalsIgnoreCase(value)).findFirst()
                .orElseThrow(() -> unexpected(name, "one of "
                        + Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT))));
    }

    /** One text, or a list of them. */
    Optional<List<String>> texts(String name) {
        return Optional.ofNullable(values.get(name)).map(
                value -> value instanceof List<?> list
                        ? list.stream().map(String::valueOf).toList()
                        : List.of(value.toString()));
    }

    private Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(Object::toString);
    }

    private IllegalArgumentException unexpected(String name, String expected) {
        return new IllegalArgumentException(name + ": expected " + expected + ", found " + values.get(name));
    }

    /** The defaults, changed by what is said here. */
    GenerationOptions applyTo(GenerationOptions defaults) {
        return applyTo(defaults.toBuilder());
    }

    /** The defaults, changed by what is said here; what is wrong with the defaults only counts where it is not. */
    GenerationOptions applyTo(GenerationOptionsBuilder builder) {
        integer("max_new_tokens").ifPresent(builder::maxNewTokens);
        integer("min_new_tokens").ifPresent(builder::minNewTokens);
        number("temperature").ifPresent(builder::temperature);
        integer("top_k").ifPresent(builder::topK);
        number("top_p").ifPresent(builder::topP);
        number("min_p").ifPresent(builder::minP);
        number("typical_p").ifPresent(builder::typicalP);
        number("repetition_penalty").ifPresent(builder::repetitionPenalty);
        number("presence_penalty").ifPresent(builder::presencePenalty);
        number("frequency_penalty").ifPresent(builder::frequencyPenalty);
        integer("no_repeat_ngram_size").ifPresent(builder::noRepeatNgram);
        integer("num_beams").ifPresent(n -> {
            if (n == 1) {
                builder.noBeams();
            } else {
                builder.beams(BeamOptions.of(n));
            }
        });
        longInteger("seed").ifPresent(builder::seed);
        texts("stop").ifPresent(builder::stop);
        flag("ignore_eos").ifPresent(builder::ignoreEos);
        return built(builder);
    }

    /** What is outside its bounds is named as the user has it: {@code max_new_tokens}. */
    private static GenerationOptions built(GenerationOptionsBuilder builder) {
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            String[] parts = e.getMessage().split(": ", 2);
            boolean named = parts.length == 2 && parts[0].matches("[a-z][A-Za-z]*");
            throw named
                    ? new IllegalArgumentException(parts[0].replaceAll("[A-Z]", "_$0").toLowerCase(Locale.ROOT) + ": "
                            + parts[1], e)
                    : e;
        }
    }
}
