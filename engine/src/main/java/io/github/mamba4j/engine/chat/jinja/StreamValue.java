package io.github.mamba4j.engine.chat.jinja;

import java.util.Iterator;

/**
 * Elements that come once, when they are asked for: what {@code map}, {@code select} and their like give.
 *
 * @param iterator the elements that are left
 * @param depth how many streams it draws from
 */
record StreamValue(Iterator<Object> iterator, int depth) {
    StreamValue(Iterator<Object> iterator) {
        this(iterator, 0);
    }

    /** A stream that draws from a value. */
    static StreamValue over(Object source, Iterator<Object> iterator) {
        return new StreamValue(iterator, Budget.deeper(source instanceof StreamValue stream ? stream.depth() : 0));
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(iterator);
    }
}
