package io.github.mamba4j.engine.constrain;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A schema of which all must hold that a value has to satisfy. Equal if it is the same place of the same document.
 *
 * @param schema the schema, without what its '$ref' and 'allOf' say, which are parts of their own
 * @param anyOfDone whether one of its 'anyOf' is a part already
 * @param oneOfDone whether one of its 'oneOf' is a part already
 * @param flat whether what its '$ref' and 'allOf' lead to are parts already
 */
record Part(SchemaNode schema, boolean anyOfDone, boolean oneOfDone, boolean flat) {
    /** More schemas than this do not hold at once. */
    private static final int MAX_PARTS = 200;

    /** How deep '$ref' and 'allOf' may lead into each other. */
    private static final int MAX_DEPTH = 400;

    static Part of(SchemaNode schema) {
        return new Part(schema, false, false, false);
    }

    boolean has(String keyword) {
        return schema.has(keyword);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Part that && schema.node() == that.schema.node() && anyOfDone == that.anyOfDone
                && oneOfDone == that.oneOfDone && flat == that.flat;
    }

    @Override
    public int hashCode() {
        return 8 * System.identityHashCode(schema.node()) + (anyOfDone ? 4 : 0) + (oneOfDone ? 2 : 0) + (flat ? 1 : 0);
    }

    /** Follows references, and is shown each schema on the way. */
    interface Resolver {
        SchemaNode resolve(SchemaNode schema);

        default void visit(SchemaNode schema) {}
    }

    /**
     * The parts with all that their references and 'allOf' lead to, each once, without those that say nothing.
     *
     * @throws IllegalArgumentException if a reference leads back to itself, or there are too many
     */
    static List<Part> flat(List<Part> parts, Resolver resolver) {
        Set<Part> flat = new LinkedHashSet<>();
        Set<Part> seen = new HashSet<>();
        parts.forEach(part -> add(part, resolver, flat, seen, new ArrayList<>()));
        return List.copyOf(flat);
    }

    /** The keywords whose schemas are parts of their own. */
    private Set<String> done() {
        Set<String> done = new HashSet<>(Set.of("$ref", "allOf"));
        if (anyOfDone) {
            done.add("anyOf");
        }
        if (oneOfDone) {
            done.add("oneOf");
        }
        return done;
    }

    private static void add(Part part, Resolver resolver, Set<Part> flat, Set<Part> seen, List<Part> path) {
        if (path.contains(part)) {
            throw part.schema.error("this allows no text: it leads back into itself");
        }
        if (!seen.add(part)) {
            return;
        }
        if (path.size() == MAX_DEPTH || flat.size() == MAX_PARTS) {
            throw part.schema.error("more than " + (path.size() == MAX_DEPTH ? MAX_DEPTH : MAX_PARTS)
                    + " schemas that hold at once are not supported");
        }
        resolver.visit(part.schema);
        boolean combined = !part.flat && (part.has("$ref") || part.has("allOf"));
        if (part.schema.says(part.done())) {
            flat.add(new Part(part.schema, part.anyOfDone, part.oneOfDone, true));
        }
        if (combined) {
            path.add(part);
            if (part.has("$ref")) {
                add(of(resolver.resolve(part.schema)), resolver, flat, seen, path);
            }
            if (part.has("allOf")) {
                part.schema.children("allOf").forEach(child -> add(of(child), resolver, flat, seen, path));
            }
            path.removeLast();
        }
    }
}
