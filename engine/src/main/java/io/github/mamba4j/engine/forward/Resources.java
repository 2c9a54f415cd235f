package io.github.mamba4j.engine.forward;

import io.github.mamba4j.engine.state.StateLayout;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.attention.Rope;
import java.util.HashMap;
import java.util.Map;

/**
 * What blocks are made with.
 *
 * @param kernels the arithmetic
 * @param workers the threads
 * @param buffers the memory of activations
 * @param states where mixers claim what they remember
 * @param ropes the angles of positions, which all layers share
 */
public record Resources(Kernels kernels, Workers workers, Buffers buffers, StateLayout states,
        Map<RopeKey, Rope> ropes) {
    /**
     * What angles depend on.
     *
     * @param dims how many elements of a head are turned
     * @param theta the base
     * @param pairing which elements are a pair
     */
    public record RopeKey(int dims, double theta, Rope.Pairing pairing) {}

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
        return new Resources(kernels, new Workers(threads), new Buffers(), new StateLayout(), new HashMap<>());
    }

    /**
     * The angles of positions.
     *
     * @param key what they depend on
     * @return the same object for the same key
     */
    public Rope rope(RopeKey key) {
        return ropes.computeIfAbsent(key, k -> new Rope(k.dims(), k.theta(), k.pairing()));
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
