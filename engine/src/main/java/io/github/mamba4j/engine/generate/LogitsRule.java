package io.github.mamba4j.engine.generate;

import java.util.Optional;

/**
 * A rule for the logits of many texts: it makes a {@link LogitsProcessor} for each of them. Options hold rules, which
 * may be shared by any number of sequences and threads and must be thread-safe.
 */
@FunctionalInterface
public interface LogitsRule {
    /**
     * The processor of one new text, as if nothing had been generated.
     *
     * @return a fresh object if it remembers anything of its text
     */
    LogitsProcessor newSession();

    /**
     * The rule of a processor that remembers nothing, such as a lambda: the same object works for all texts.
     *
     * @param processor must be thread-safe
     * @return the rule
     */
    static LogitsRule of(LogitsProcessor processor) {
        LogitsProcessor session = new Stateless(processor);
        return () -> session;
    }

    /**
     * Says that a copy of a processor is the processor itself.
     *
     * @param processor does the work
     */
    record Stateless(LogitsProcessor processor) implements LogitsProcessor {
        @Override
        public void process(LogitsContext context) {
            processor.process(context);
        }

        @Override
        public Optional<LogitsProcessor> copy() {
            return Optional.of(this);
        }

        @Override
        public boolean isComplete() {
            return processor.isComplete();
        }
    }
}
