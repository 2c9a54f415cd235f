package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Whether the branches of a 'oneOf' exclude each other. Only then is "exactly one of them" the same as "one of them",
 * which is all that an automaton can say without complements. The proof looks at types, at enumerated values and at
 * properties that one branch needs and the other one does not write; where it finds nothing it says so, and the schema is
 * refused rather than taken for something weaker.
 *
 * <p>One object serves a whole schema, and bounds the work that all of it asks for. Not thread-safe.
 */
final class Disjointness {

    /** How deep the proof looks into properties and references. */
    private static final int DEPTH = 8;

    /** Branches beyond this many are not compared: the number of pairs grows with the square. */
    private static final int MAX_BRANCHES = 200;

    /** Pairs of schemas, and single values, that are looked at: references to lists of references multiply at each level. */
    private static final int MAX_COMPARISONS = 1_000_000;

    private final UnaryOperator<SchemaNode> resolve;
    private final Function<SchemaNode, List<JsonNode>> constants;
    private int comparisons;

    /**
     * Makes a proof for the branches of one schema.
     *
     * @param resolve follows a reference
     * @param constants the values of 'const' or 'enum'
     */
    Disjointness(UnaryOperator<SchemaNode> resolve, Function<SchemaNode, List<JsonNode>> constants) {
        this.resolve = resolve;
        this.constants = constants;
    }

    /**
     * Refuses branches that may both hold.
     *
     * @param alone whether nothing else is said of the values: else more properties may be written than a branch has
     */
    void require(SchemaNode schema, List<SchemaNode> branches, boolean alone) {
        if (branches.size() > MAX_BRANCHES) {
            throw schema.error("'oneOf' with more than " + MAX_BRANCHES + " schemas is not supported; write 'anyOf'");
        }
        for (int i = 0; i < branches.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (!disjoint(branches.get(j), branches.get(i), DEPTH, alone)) {
                    throw schema.error("'oneOf' is supported for schemas that exclude each other; those at " + j
                            + " and "
                            + i + " may both hold. Write 'anyOf', or give them a property with different constants");
                }
            }
        }
    }

    static boolean isOfType(JsonNode value, String type) {
        return switch (type) {
            case "string" -> value.isTextual();
            case "number" -> value.isNumber();
            case "integer" -> value.isNumber() && value.decimalValue().stripTrailingZeros().scale() <= 0;
            case "boolean" -> value.isBoolean();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> value.isNull();
        };
    }

    private void spend(SchemaNode schema, int count) {
        comparisons += count;
        if (comparisons > MAX_COMPARISONS) {
            throw schema.error("'oneOf' takes too many comparisons to tell whether its schemas exclude each other;"
                    + " write 'anyOf'");
        }
    }

    private boolean disjoint(SchemaNode a, SchemaNode b, int depth, boolean alone) {
        spend(a, 1);
        if (depth == 0 || a.node().equals(b.node())) {
            return false;
        }
        if (a.has("$ref")) {
            return disjoint(resolve.apply(a), b, depth - 1, alone && !a.says(Set.of("$ref")));
        }
        for (String keyword : List.of("allOf", "anyOf", "oneOf")) {
            if (a.has(keyword)) {
                // One schema of an 'allOf' that excludes is enough; taking it like the others asks for more than needed.
                boolean only = alone && !a.says(Set.of(keyword))
                        && (!keyword.equals("allOf") || a.children(keyword).size() == 1);
                return a.children(keyword).stream().allMatch(branch -> disjoint(branch, b, depth - 1, only));
            }
            if (b.has(keyword)) {
                return disjoint(b, a, depth, alone);
            }
        }
        if (b.has("$ref")) {
            return disjoint(b, a, depth, alone);
        }
        if (!a.node().isObject() || !b.node().isObject()) {
            return false;
        }
        return valuesDisjoint(a, b, depth, alone);
    }

    private boolean valuesDisjoint(SchemaNode a, SchemaNode b, int depth, boolean alone) {
        Set<String> types = kinds(a);
        types.retainAll(kinds(b));
        if (types.isEmpty()) {
            return true;
        }
        if (enumerates(a) && enumerates(b)) {
            Set<Object> values = values(a);
            values.retainAll(values(b));
            return values.isEmpty();
        }
        return types.equals(Set.of("object")) && !enumerates(a) && !enumerates(b)
                && (aSharedPropertyDiffers(a, b, depth) || alone && excluded(a, b) && excluded(b, a));
    }

    private static boolean enumerates(SchemaNode schema) {
        return schema.has("const") || schema.has("enum");
    }

    private List<JsonNode> enumerated(SchemaNode schema) {
        List<JsonNode> values = constants.apply(schema);
        spend(schema, values.size());
        return values;
    }

    private Set<Object> values(SchemaNode schema) {
        Set<Object> values = new HashSet<>();
        for (JsonNode value : enumerated(schema)) {
            // 1 and 1.0 are one value.
            values.add(value.isNumber() ? value.decimalValue().stripTrailingZeros() : value);
        }
        return values;
    }

    /** The types of a schema's values, with whole numbers among the numbers. */
    private Set<String> kinds(SchemaNode schema) {
        List<String> all = List.of("string", "number", "boolean", "null", "array", "object");
        Set<String> kinds = new HashSet<>();
        if (enumerates(schema)) {
            for (JsonNode value : enumerated(schema)) {
                all.stream().filter(type -> isOfType(value, type)).forEach(kinds::add);
            }
            return kinds;
        }
        schema.types().forEach(type -> kinds.add(type.equals("integer") ? "number" : type));
        if (kinds.isEmpty()) {
            kinds.addAll(all);
        }
        return kinds;
    }

    private boolean aSharedPropertyDiffers(SchemaNode a, SchemaNode b, int depth) {
        for (String name : SchemaCompiler.required(a)) {
            if (SchemaCompiler.required(b).contains(name) && declares(a, name) && declares(b, name)
                    && disjoint(property(a, name), property(b, name), depth - 1, false)) {
                return true;
            }
        }
        return false;
    }

    /** Whether nothing that is written for one schema satisfies the other: see {@link SchemaCompiler} for what is. */
    private static boolean excluded(SchemaNode written, SchemaNode other) {
        List<String> present = SchemaCompiler.required(written);
        boolean closed = other.node().path("additionalProperties").isBoolean()
                && !other.node().get("additionalProperties").booleanValue();
        if (closed && present.stream().anyMatch(name -> !declares(other, name))) {
            return true;
        }
        return written.has("properties") && SchemaCompiler.required(other).stream()
                .anyMatch(name -> !declares(written, name) && !present.contains(name));
    }

    private static boolean declares(SchemaNode schema, String name) {
        return schema.node().path("properties").has(name);
    }

    private static SchemaNode property(SchemaNode schema, String name) {
        return new SchemaNode(schema.node().get("properties").get(name), schema.path() + "/properties/" + name);
    }
}
