package io.github.mamba4j.engine.forward;

import io.github.mamba4j.engine.state.StateLayout;
import io.github.mamba4j.kernels.Kernels;

/**
 * What blocks are made with.
 *
 * @param kernels the arithmetic
 * @param workers the threads
 * @param buffers the memory of activations
 * @param states where mixers claim what they remember
 */
public record Resources(Kernels kernels, Workers workers, Buffers buffers, StateLayout states) {
    /** The slots of {@link #buffers} that are the model's; mixers count theirs from {@link #FREE_SLOT}. */
    static final int RESIDUAL_SLOT = 0;
    static final int NORMED_SLOT = 1;
    /** What a projection writes before it is added to the residual stream. */
    static final int ADDEND_SLOT = 2;
    /** The first slot for what is inside a mixer. */
    public static final int FREE_SLOT = 3;

    /**
     * Resources of a new model.
     *
     * @param kernels the arithmetic
     * @param threads the number of threads
     * @return resources, whose workers are to be closed
     */
    public static Resources of(Kernels kernels, int threads) {
        return new Resources(kernels, new Workers(threads), new Buffers(), new StateLayout());
    }

    /**
     * A buffer inside a mixer.
     *
     * @param number the mixer's own number for it, from 0
     * @param cols its width
     * @return the buffer, whose memory other mixers use too
     */
    public Buffer inner(int number, int cols) {
        return buffers.claim(FREE_SLOT + number, cols);
    }
}
