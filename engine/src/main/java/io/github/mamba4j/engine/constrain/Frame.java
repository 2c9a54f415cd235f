package io.github.mamba4j.engine.constrain;

/**
 * The open calls of a reading, innermost first: an immutable linked stack, shared by all readings that go through the
 * same calls. {@code null} is the empty stack. Equal by content.
 */
final class Frame {

    private final int returnState;
    private final Frame outer;
    private final int depth;
    private final int bytesToClose;
    private final int hash;

    /**
     * Opens a call.
     *
     * @param returnState where the way goes on when the call has come back
     * @param outer the calls that were open before, or null
     * @param bytesBehind the bytes that are needed, at least, from the return state to the end of its rule
     */
    Frame(int returnState, Frame outer, int bytesBehind) {
        this.returnState = returnState;
        this.outer = outer;
        this.depth = depth(outer) + 1;
        this.bytesToClose = (int) Math.min((long) bytesToClose(outer) + bytesBehind, Reach.NEVER - 1L);
        this.hash = 31 * (outer == null ? 7 : outer.hash) + returnState;
    }

    int returnState() {
        return returnState;
    }

    Frame outer() {
        return outer;
    }

    static int depth(Frame frame) {
        return frame == null ? 0 : frame.depth;
    }

    /** The bytes that are needed, at least, to come back from all calls. */
    static int bytesToClose(Frame frame) {
        return frame == null ? 0 : frame.bytesToClose;
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Frame that) || hash != that.hash || depth != that.depth) {
            return false;
        }
        Frame a = this;
        Frame b = that;
        while (a != b) {
            if (a.returnState != b.returnState) {
                return false;
            }
            a = a.outer;
            b = b.outer;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
