package io.github.mamba4j.engine.tokenize.pipeline;

/**
 * What is done with the tokens of a text at the end.
 *
 * @param prefix the special tokens before it
 * @param suffix the special tokens after it
 * @param trimsSpaces whether the places of tokens leave out the spaces at their ends
 * @param keepsFirstSpace whether a single space at the beginning is left in, for it is not of the text
 */
record PostProcessor(int[] prefix, int[] suffix, boolean trimsSpaces, boolean keepsFirstSpace) {
    static final PostProcessor NONE = new PostProcessor(new int[0], new int[0], false, false);

    PostProcessor withTokens(int[] before, int[] after) {
        return new PostProcessor(before, after, trimsSpaces, keepsFirstSpace);
    }

    /** This one and then another. */
    PostProcessor then(PostProcessor other) {
        boolean trims = trimsSpaces || other.trimsSpaces;
        boolean keeps = other.trimsSpaces ? other.keepsFirstSpace : keepsFirstSpace;
        return new PostProcessor(join(other.prefix, prefix), join(suffix, other.suffix), trims, keeps);
    }

    private static int[] join(int[] a, int[] b) {
        int[] all = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
