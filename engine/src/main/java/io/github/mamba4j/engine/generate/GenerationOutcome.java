package io.github.mamba4j.engine.generate;

import java.util.Optional;

/**
 * What became of one of many requests: a result or an error.
 *
 * @param index the request's place in the list, from 0
 * @param result the result; empty if there is an error
 * @param error what went wrong; empty if there is a result
 */
public record GenerationOutcome(int index, Optional<GenerationResult> result, Optional<Throwable> error) {
    /**
     * The result, where an error is not expected.
     *
     * @return the result
     * @throws RuntimeException the error, if there is one
     */
    public GenerationResult orThrow() {
        return switch (error.orElse(null)) {
            case null -> result.orElseThrow();
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        };
    }

    static GenerationOutcome of(int index, Sequence finished) {
        try {
            return new GenerationOutcome(index, Optional.of(finished.result()), Optional.empty());
        } catch (RuntimeException | Error e) {
            return failed(index, e);
        }
    }

    static GenerationOutcome failed(int index, Throwable error) {
        return new GenerationOutcome(index, Optional.empty(), Optional.of(error));
    }
}
