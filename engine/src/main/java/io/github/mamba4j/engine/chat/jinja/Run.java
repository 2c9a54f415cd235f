package io.github.mamba4j.engine.chat.jinja;

import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.Map;

/** One run of a template: what it was given, what it has set at its top level, and what it may still use. */
final class Run {
    private final Budget budget;
    private final LocalDateTime now;
    private final Map<String, Object> variables;
    private int line = 1;
    private String construct = "";

    Run(Map<String, Object> variables, LocalDateTime now, Budget budget) {
        this.variables = new HashMap<>(variables);
        this.now = now;
        this.budget = budget;
    }

    Budget budget() {
        return budget;
    }

    LocalDateTime now() {
        return now;
    }

    /** The variables of the top level; {@link Frame#MISSING} is not in it. */
    Map<String, Object> variables() {
        return variables;
    }

    /** Says what is being done, for messages. */
    void at(int where, String what) {
        line = where;
        construct = what;
    }

    int line() {
        return line;
    }

    String construct() {
        return construct;
    }
}
