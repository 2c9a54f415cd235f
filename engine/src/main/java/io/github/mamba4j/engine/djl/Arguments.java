package io.github.mamba4j.engine.djl;

import io.github.mamba4j.engine.generate.GenerationOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * DJL's arguments and options, whose values are objects or their texts. Names that are not known are left alone, because
 * DJL has its own among them.
 */
record Arguments(Map<String, ?> values) {
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
        var builder = defaults.toBuilder();
        integer("max_new_tokens").ifPresent(builder::maxNewTokens);
        integer("min_new_tokens").ifPresent(builder::minNewTokens);
        number("temperature").ifPresent(builder::temperature);
        integer("top_k").ifPresent(builder::topK);
        number("top_p").ifPresent(builder::topP);
        number("min_p").ifPresent(builder::minP);
        number("typical_p").ifPresent(builder::typicalP);
        number("repetition_penalty").ifPresent(builder::repetitionPenalty);
        longInteger("seed").ifPresent(builder::seed);
        texts("stop").ifPresent(builder::stop);
        flag("ignore_eos").ifPresent(builder::ignoreEos);
        return builder.build();
    }
}
