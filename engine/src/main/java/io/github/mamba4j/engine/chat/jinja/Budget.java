package io.github.mamba4j.engine.chat.jinja;

/**
 * What one run may use. A template is a program of a stranger: everything that takes time or memory is counted before it
 * is done, inside expressions too. Limits of texts grow with what the caller passes in, because a long conversation is no
 * attack; nothing that a template does by itself raises them.
 */
final class Budget {
    /** The longest source, in chars. */
    static final int MAX_SOURCE = 1 << 18;
    /** The most elements of a list, as the reference's sandbox limits ranges. */
    static final int MAX_ELEMENTS = 100_000;
    /** Integers have at most so many digits, as in Python. */
    static final int MAX_DIGITS = 4300;
    /** How deep values may be nested. */
    static final int MAX_NESTING = 100;

    private static final long MAX_STEPS = 3_000_000;
    private static final int MAX_TEXT = 1 << 20;
    private static final long MAX_ALLOCATED = 32L << 20;
    private static final int MAX_DEPTH = 1000;
    private static final int MAX_BITS = 15_000;

    private final long maxSteps;
    private final long maxText;
    private final long maxAllocated;
    private long steps;
    private long allocated;
    private int depth;

    /**
     * Makes a budget.
     *
     * @param inputChars the chars of all that the caller passes in
     */
    Budget(long inputChars) {
        maxText = Math.min(MAX_TEXT + 4 * inputChars, 1 << 30);
        maxSteps = MAX_STEPS + 16 * inputChars;
        maxAllocated = MAX_ALLOCATED + 256 * inputChars;
    }

    /** One step. */
    void step() {
        work(1);
    }

    /** Some steps. */
    void work(long units) {
        steps += units;
        if (steps > maxSteps) {
            throw new Failure("it takes too long: expected at most " + maxSteps + " steps");
        }
    }

    /** Before chars are looked at. */
    void scan(long chars) {
        work(chars >> 3);
    }

    /** Before chars are looked at one by one. */
    void examine(long chars) {
        work(chars >> 1);
    }

    /** Before a text gets a length, in chars. */
    void length(long chars) {
        if (chars > maxText) {
            throw new Failure("a text gets too long: expected at most " + maxText + " characters");
        }
    }

    /** Before a text of so many chars is made. */
    void text(long chars) {
        length(chars);
        allocate(chars);
        work(chars >> 5);
    }

    /** Before a list of so many elements is made. */
    void elements(long count) {
        if (count > MAX_ELEMENTS) {
            throw new Failure("a list gets too long: expected at most " + MAX_ELEMENTS + " elements, found " + count);
        }
        allocate(16 + 8 * count);
        work(count >> 2);
    }

    /** After a list has grown by one element to so many, whose final length is not known before. */
    void grown(int size) {
        if ((size & 1023) == 0) {
            elements(1024);
            if (size > MAX_ELEMENTS) {
                elements(size);
            }
        }
    }

    private void allocate(long chars) {
        allocated += chars;
        if (allocated > maxAllocated) {
            throw new Failure("it makes too many texts and lists");
        }
    }

    /** Before an integer of so many bits is made. */
    void bits(long bits) {
        if (bits > MAX_BITS) {
            throw new Failure("a number gets too large: expected at most " + MAX_BITS + " bits");
        }
        work(bits >> 4);
    }

    /** Goes one level deeper into the template. */
    void enter() {
        step();
        if (++depth > MAX_DEPTH) {
            throw new Failure("it is nested too deeply, or a macro calls itself without end");
        }
    }

    /** Comes back. */
    void leave() {
        depth--;
    }

    /** Goes one level deeper into a value. */
    static int deeper(int nesting) {
        if (nesting >= MAX_NESTING) {
            throw new Failure("a value is nested too deeply: expected at most " + MAX_NESTING + " levels");
        }
        return nesting + 1;
    }
}
