package io.github.mamba4j.engine;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.team.ThreadTeam;
import java.util.Objects;
import java.util.Optional;

/**
 * How a model is run. None of these changes the bits of a result, except {@code dtype}, which rounds the weights.
 *
 * @param threads the threads that work on a call, the calling one included: 1 to {@value ThreadTeam#MAX_SIZE}
 * @param kernels which kernels
 * @param dtype the format the large matrices are converted to while loading (F32, F16 or BF16), at the price of a copy
 *     in memory; empty to read them in place as they are stored
 * @param maxRowsPerPass how many tokens go through the model at once, 1 to {@value #MAX_ROWS}; more are cut into passes,
 *     so that this bounds the memory of the activations
 * @param maxContext the most tokens of a sequence, at least 1, which bounds the memory of keys and values; a call that goes
 *     beyond is refused before a state changes. {@link #UNBOUNDED} leaves it to the memory that there is
 */
public record ModelOptions(int threads, KernelChoice kernels, Optional<DType> dtype, int maxRowsPerPass,
        long maxContext) {
    /** No bound of {@link #maxContext}. */
    public static final long UNBOUNDED = Long.MAX_VALUE;
    /** The largest {@link #maxRowsPerPass}. */
    public static final int MAX_ROWS = 8192;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is outside its bounds
     */
    public ModelOptions {
        Objects.requireNonNull(kernels, "kernels");
        if (threads < 1 || threads > ThreadTeam.MAX_SIZE) {
            throw new IllegalArgumentException("threads: expected 1 to " + ThreadTeam.MAX_SIZE + ", found " + threads);
        }
        if (dtype.isPresent() && !dtype.get().isMatrixFormat()) {
            throw new IllegalArgumentException("dtype: expected F32, F16 or BF16, found " + dtype.get());
        }
        if (maxRowsPerPass < 1 || maxRowsPerPass > MAX_ROWS) {
            throw new IllegalArgumentException(
                    "maxRowsPerPass: expected 1 to " + MAX_ROWS + ", found " + maxRowsPerPass);
        }
        if (maxContext < 1) {
            throw new IllegalArgumentException("maxContext: expected at least 1, found " + maxContext);
        }
    }

    /**
     * All processors, the kernels that the system property {@link KernelChoice#PROPERTY} asks for, weights as stored,
     * 512 rows per pass, no bound of the context.
     *
     * @return the defaults
     * @throws IllegalArgumentException if the system property has a value it cannot have
     */
    public static ModelOptions defaults() {
        return builder().build();
    }

    /**
     * A builder that begins with the defaults.
     *
     * @return the builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Builds options. Not thread-safe. */
    public static final class Builder {
        private int threads = Math.min(Runtime.getRuntime().availableProcessors(), ThreadTeam.MAX_SIZE);
        private KernelChoice kernels;
        private Optional<DType> dtype = Optional.empty();
        private int maxRowsPerPass = 512;
        private long maxContext = UNBOUNDED;

        private Builder() {}

        /**
         * Sets the number of threads.
         *
         * @param value see {@link ModelOptions#threads}
         * @return this
         */
        public Builder threads(int value) {
            threads = value;
            return this;
        }

        /**
         * Chooses the kernels.
         *
         * @param value see {@link ModelOptions#kernels}
         * @return this
         */
        public Builder kernels(KernelChoice value) {
            kernels = Objects.requireNonNull(value, "kernels");
            return this;
        }

        /**
         * Has the large matrices converted.
         *
         * @param value see {@link ModelOptions#dtype}
         * @return this
         */
        public Builder dtype(DType value) {
            dtype = Optional.of(value);
            return this;
        }

        /**
         * Sets the rows per pass.
         *
         * @param value see {@link ModelOptions#maxRowsPerPass}
         * @return this
         */
        public Builder maxRowsPerPass(int value) {
            maxRowsPerPass = value;
            return this;
        }

        /**
         * Bounds the length of sequences.
         *
         * @param value see {@link ModelOptions#maxContext}
         * @return this
         */
        public Builder maxContext(long value) {
            maxContext = value;
            return this;
        }

        /**
         * Builds the options.
         *
         * @return the options
         * @throws IllegalArgumentException if a value is outside its bounds
         */
        public ModelOptions build() {
            KernelChoice choice = kernels == null ? KernelChoice.fromSystemProperty() : kernels;
            return new ModelOptions(threads, choice, dtype, maxRowsPerPass, maxContext);
        }
    }
}
