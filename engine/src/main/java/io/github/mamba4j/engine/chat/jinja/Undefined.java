package io.github.mamba4j.engine.chat.jinja;

/**
 * What is not there. It prints as nothing, is false and empty, and equals its like; all else that is done with it fails.
 *
 * @param why for the message of that failure
 */
record Undefined(String why) {
    Failure failure() {
        return new Failure(why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
