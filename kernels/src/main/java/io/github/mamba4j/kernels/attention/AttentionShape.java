package io.github.mamba4j.kernels.attention;

/**
 * The sizes of an attention. Query heads share key and value heads in groups: query head h reads head
 * {@code h / (heads / layout.heads())} (Ainslie and others 2023).
 *
 * @param heads the query heads
 * @param layout the key and value heads
 * @param scale what a dot product of a query and a key is multiplied by
 */
public record AttentionShape(int heads, KeyValueLayout layout, float scale) {
    /**
     * Checks the sizes.
     *
     * @throws IllegalArgumentException if the query heads are not a multiple of the key and value heads
     */
    public AttentionShape {
        if (heads < 1 || heads % layout.heads() != 0) {
            throw new IllegalArgumentException("attention: expected a multiple of " + layout.heads()
                    + " query heads, found " + heads);
        }
    }

    /**
     * The width of a row of queries.
     *
     * @return {@code heads * headDim}
     */
    public int width() {
        return heads * layout.headDim();
    }

    /**
     * The query heads that share a key head.
     *
     * @return {@code heads / layout.heads()}
     */
    public int group() {
        return heads / layout.heads();
    }
}
