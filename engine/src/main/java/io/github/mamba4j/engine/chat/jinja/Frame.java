package io.github.mamba4j.engine.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** The names of one scope while it runs. */
final class Frame {
    /** The value of a name that is known and has none. */
    static final Object MISSING = new Object();

    private final Map<String, Object> names = new HashMap<>();
    private final Frame outer;
    private final Run run;
    private final boolean isTop;

    private Frame(Frame outer, Run run, boolean isTop) {
        this.outer = outer;
        this.run = run;
        this.isTop = isTop;
    }

    /** The frame of the whole template. */
    static Frame top(Scope scope, Run run) {
        return new Frame(null, run, true).entered(scope);
    }

    /** A frame within this one. */
    Frame inner(Scope scope) {
        return new Frame(this, run, false).entered(scope);
    }

    /** A frame that knows only what the template was given or has set at its top level. */
    Frame apart(Scope scope) {
        return new Frame(null, run, false).entered(scope);
    }

    private Frame entered(Scope scope) {
        run.budget().work(8 + 2L * scope.names().size());
        for (Map.Entry<String, Scope.Origin> entry : scope.names().entrySet()) {
            String name = entry.getKey();
            Object value = switch (entry.getValue()) {
                case PARAMETER, NOTHING -> MISSING;
                case CONTEXT -> run.variables().containsKey(name) ? run.variables().get(name) : MISSING;
                case OUTER -> outer == null ? MISSING : outer.find(name);
            };
            names.put(name, value);
        }
        return this;
    }

    private Object find(String name) {
        for (Frame frame = this; frame != null; frame = frame.outer) {
            if (frame.names.containsKey(name)) {
                return frame.names.get(name);
            }
        }
        return run.variables().containsKey(name) ? run.variables().get(name) : MISSING;
    }

    /** The value of a name. */
    Object get(String name) {
        Object value = find(name);
        return value == MISSING ? new Undefined("'" + name + "' is undefined") : value;
    }

    /** Whether a parameter was not passed. */
    boolean isMissing(String name) {
        return names.get(name) == MISSING;
    }

    /** Sets a name of this frame. At the top level everything that runs later can see it. */
    void set(String name, Object value) {
        names.put(name, value);
        if (isTop) {
            run.variables().put(name, value);
        }
    }

    Run run() {
        return run;
    }
}
