package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A schema and the place where it stands, with checked access to its keywords.
 *
 * @param node the schema: an object, true or false
 * @param path where it stands, as the fragment of a reference ({@code #/properties/x})
 */
record SchemaNode(JsonNode node, String path) {

    private static final List<String> SIZES = List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");

    /** Keywords that say something of one type only, by type. */
    private static final Map<String, List<String>> BY_TYPE = Map.of("string",
            List.of("minLength", "maxLength", "pattern"), "number", SIZES, "integer", SIZES, "boolean", List.of(),
            "null",
            List.of(), "array", List.of("items", "prefixItems", "minItems", "maxItems"), "object",
            List.of("properties", "required", "additionalProperties"));

    /** Keywords that change what is valid and that we cannot honour. */
    private static final List<String> UNSUPPORTED = List.of("not", "if", "then", "else", "contains", "minContains",
            "maxContains", "uniqueItems", "multipleOf", "patternProperties", "propertyNames", "minProperties",
            "maxProperties", "dependentRequired", "dependentSchemas", "dependencies", "additionalItems",
            "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef");

    private static final List<String> DECIDING = List.of("$ref", "allOf", "anyOf", "oneOf", "const", "enum", "type",
            "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "items",
            "prefixItems", "minItems", "maxItems", "properties", "required", "additionalProperties");

    SchemaNode {
        if (!node.isObject() && !node.isBoolean()) {
            throw error(path, "a schema is an object, true or false, not " + shown(node));
        }
    }

    static IllegalArgumentException error(String path, String message) {
        return new IllegalArgumentException("JSON schema at " + path + ": " + message);
    }

    IllegalArgumentException error(String message) {
        return error(path, message);
    }

    static String shown(JsonNode node) {
        String text = node.toString();
        return text.length() <= 60 ? text : text.substring(0, 57) + "...";
    }

    /** Refuses, by name, what cannot be honoured. */
    void refuseUnsupported() {
        for (String keyword : UNSUPPORTED) {
            // Generators write it out when it asks for nothing.
            boolean idle = keyword.equals("uniqueItems") && node.path(keyword).isBoolean()
                    && !node.path(keyword).booleanValue();
            if (has(keyword) && !idle) {
                throw error("the keyword '" + keyword + "' is not supported");
            }
        }
        if (node.path("items").isArray()) {
            throw error("'items' with a list of schemas is not supported; write 'prefixItems'");
        }
    }

    /** Refuses every deciding keyword but these. */
    void requireAlone(String keyword, String... allowed) {
        for (String other : DECIDING) {
            if (has(other) && !other.equals(keyword) && !List.of(allowed).contains(other)) {
                throw error("'" + keyword + "' together with '" + other + "' is not supported; say all of it inside '"
                        + keyword + "'");
            }
        }
    }

    boolean has(String keyword) {
        return node.has(keyword);
    }

    SchemaNode child(String keyword) {
        return new SchemaNode(node.get(keyword), path + "/" + keyword);
    }

    /** The schemas of a keyword whose value is a list of them. */
    List<SchemaNode> children(String keyword) {
        JsonNode list = node.path(keyword);
        if (!list.isArray() || list.isEmpty()) {
            throw error("'" + keyword + "' is a list of at least one schema, not " + shown(list));
        }
        List<SchemaNode> children = new ArrayList<>();
        for (JsonNode element : list) {
            children.add(new SchemaNode(element, path + "/" + keyword + "/" + children.size()));
        }
        return children;
    }

    /** The types that a value may have; all types that a keyword speaks of, if there is no 'type'; else none. */
    Set<String> types() {
        Set<String> types = new LinkedHashSet<>();
        JsonNode type = node.path("type");
        if (type.isMissingNode()) {
            for (String name : List.of("object", "array", "string", "number")) {
                if (BY_TYPE.get(name).stream().anyMatch(this::has)) {
                    types.add(name);
                }
            }
            return types;
        }
        for (JsonNode name : type.isArray() ? type : List.of(type)) {
            if (!name.isTextual() || !BY_TYPE.containsKey(name.textValue())) {
                throw error(
                        "'type' is one of " + BY_TYPE.keySet().stream().sorted().toList() + " or a list of them, not "
                                + shown(type));
            }
            types.add(name.textValue());
        }
        if (types.isEmpty()) {
            throw error("'type' is an empty list");
        }
        return types;
    }

    /** A count that is not negative, or the one that holds if there is none. */
    int count(String keyword, int otherwise) {
        JsonNode count = node.path(keyword);
        if (count.isMissingNode()) {
            return otherwise;
        }
        boolean whole = count.isNumber() && count.canConvertToExactIntegral() && count.canConvertToInt();
        if (!whole || count.intValue() < 0) {
            throw error("'" + keyword + "' is a whole number from 0 to " + Integer.MAX_VALUE + ", not " + shown(count));
        }
        return count.intValue();
    }

    /** What the four keywords say of the size of a number; the tighter one holds where two bound the same side. */
    NumberTexts.Bounds bounds() {
        BigDecimal low = number("minimum");
        BigDecimal lowOpen = number("exclusiveMinimum");
        BigDecimal high = number("maximum");
        BigDecimal highOpen = number("exclusiveMaximum");
        boolean takeLowOpen = lowOpen != null && (low == null || lowOpen.compareTo(low) >= 0);
        boolean takeHighOpen = highOpen != null && (high == null || highOpen.compareTo(high) <= 0);
        return new NumberTexts.Bounds(takeLowOpen ? lowOpen : low, takeLowOpen, takeHighOpen ? highOpen : high,
                takeHighOpen);
    }

    private BigDecimal number(String keyword) {
        JsonNode number = node.path(keyword);
        if (number.isMissingNode()) {
            return null;
        }
        if (!number.isNumber()) {
            throw error("'" + keyword + "' is a number, not " + shown(number));
        }
        return number.decimalValue();
    }
}
