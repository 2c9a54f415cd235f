package io.github.mamba4j.engine.chat.jinja;

/**
 * The numbers from {@code start}, by {@code step}.
 *
 * @param start the first
 * @param stop the end, which is not among them
 * @param step the distance, not 0
 * @param size how many there are
 */
record RangeValue(long start, long stop, long step, int size) {
    /** Makes a range; the sandbox refuses long ones. */
    static RangeValue of(long start, long stop, long step) {
        if (step == 0) {
            throw new Failure("range: expected a step other than 0");
        }
        long distance = step > 0 ? Math.max(0, stop - start) : Math.max(0, start - stop);
        long size = Math.ceilDiv(distance, Math.abs(step));
        if (size > Budget.MAX_ELEMENTS) {
            throw new Failure("range: expected at most " + Budget.MAX_ELEMENTS + " numbers, found " + size);
        }
        return new RangeValue(start, stop, step, (int) size);
    }

    long get(int index) {
        return start + index * step;
    }
}
