package io.github.mamba4j.engine.chat.jinja;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The names of a piece of a template that are its own, and what each is when the piece begins. {@link Scopes} fills it; a
 * branch is a scope over another one that keeps only what it adds.
 */
final class Scope {
    /** Where a name's first value comes from. */
    enum Origin {
        /** It is passed in: a loop variable, a parameter. */
        PARAMETER,
        /** What the whole template was given, or set at its top level. */
        CONTEXT,
        /** What the surrounding piece has by then. */
        OUTER,
        /** There is none. */
        NOTHING
    }

    private final Scope base;
    private final Map<String, Origin> names = new HashMap<>();
    private final Set<String> stored = new HashSet<>();

    Scope() {
        this(null);
    }

    Scope(Scope base) {
        this.base = base;
    }

    /** The names that were added here and where they come from. */
    Map<String, Origin> names() {
        return names;
    }

    /** The names that are assigned to here. */
    Set<String> stored() {
        return stored;
    }

    boolean has(String name) {
        return names.containsKey(name) || base != null && base.has(name);
    }

    boolean stores(String name) {
        return stored.contains(name) || base != null && base.stores(name);
    }
}
