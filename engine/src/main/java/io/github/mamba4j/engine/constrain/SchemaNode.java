package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A schema and the place where it stands, with checked access to its keywords.
 *
 * @param node the schema: an object, true or false
 * @param path where it stands, as the fragment of a reference ({@code #/properties/x})
 */
record SchemaNode(JsonNode node, String path) {

    private static final List<String> SIZES = List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
            "multipleOf");

    private static final int MAX_SHOWN = 60;

    /** Keywords that say something of one type only, by type. */
    private static final Map<String, List<String>> BY_TYPE = Map.of("string",
            List.of("minLength", "maxLength", "pattern", "format"), "number", SIZES, "integer", SIZES, "boolean",
            List.of(), "null", List.of(), "array",
            List.of("items", "prefixItems", "minItems", "maxItems", "uniqueItems"), "object",
            List.of("properties", "required", "additionalProperties"));

    /** Keywords that change what is valid and that we cannot honour. */
    private static final List<String> UNSUPPORTED = List.of("not", "if", "then", "else", "contains", "minContains",
            "maxContains", "patternProperties", "propertyNames", "minProperties",
            "maxProperties", "dependentRequired", "dependentSchemas", "dependencies", "additionalItems",
            "unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef");

    /** All other keywords that change what is valid. */
    private static final Set<String> DECIDING = Set.of("$ref", "allOf", "anyOf", "oneOf", "const", "enum", "type",
            "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
            "multipleOf", "items", "prefixItems", "minItems", "maxItems", "uniqueItems", "properties", "required",
            "additionalProperties");

    /** Keywords that change nothing: those of JSON Schema's annotations and definitions, and OpenAPI's. */
    private static final Set<String> ANNOTATIONS = Set.of("$schema", "$id", "id", "$comment", "$defs", "definitions",
            "$anchor", "$dynamicAnchor", "$recursiveAnchor", "$vocabulary", "title", "description", "default",
            "examples",
            "example", "deprecated", "readOnly", "writeOnly", "contentEncoding", "contentMediaType", "contentSchema",
            "nullable", "discriminator", "externalDocs", "xml");

    SchemaNode {
        if (!node.isObject() && !node.isBoolean()) {
            throw error(path, "a schema is an object, true or false, not " + shown(node));
        }
    }

    static IllegalArgumentException error(String path, String message) {
        return new IllegalArgumentException("JSON schema at " + cut(path) + ": " + message);
    }

    IllegalArgumentException error(String message) {
        return error(path, message);
    }

    static String shown(JsonNode node) {
        return cut(node.toString());
    }

    /** A text for messages, which may have been made to be very long. */
    static String cut(String text) {
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN - 3) + "...";
    }

    /** Refuses, by name, what cannot be honoured. */
    void refuseUnsupported() {
        for (String keyword : UNSUPPORTED) {
            if (has(keyword)) {
                throw error("the keyword '" + keyword + "' is not supported");
            }
        }
        if (node.path("items").isArray()) {
            throw error("'items' with a list of schemas is not supported; write 'prefixItems'");
        }
    }

    /** The keywords that nobody knows, which may be misspelled. */
    List<String> unknownKeywords() {
        List<String> unknown = new ArrayList<>();
        node.fieldNames().forEachRemaining(name -> {
            if (!DECIDING.contains(name) && !ANNOTATIONS.contains(name) && !name.startsWith("x-")) {
                unknown.add(name);
            }
        });
        return unknown;
    }

    /** Whether there is a keyword that decides what is valid, other than these. */
    boolean says(Set<String> others) {
        return node.isBoolean()
                ? !node.booleanValue()
                : DECIDING.stream().anyMatch(keyword -> has(keyword) && !others.contains(keyword));
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

    /** The schema of a property; null if any value will do. */
    SchemaNode property(String name) {
        JsonNode declared = node.path("properties").path(name);
        if (!declared.isMissingNode()) {
            return new SchemaNode(declared, path + "/properties/" + name);
        }
        return has("additionalProperties") ? child("additionalProperties") : null;
    }

    /** The names of the properties that are declared. */
    List<String> propertyNames() {
        JsonNode properties = node.path("properties");
        if (!properties.isMissingNode() && !properties.isObject()) {
            throw error("'properties' is an object, not " + shown(properties));
        }
        List<String> names = new ArrayList<>();
        properties.fieldNames().forEachRemaining(names::add);
        return names;
    }

    Optional<String> pattern() {
        return text("pattern");
    }

    Optional<String> format() {
        return text("format");
    }

    private Optional<String> text(String keyword) {
        JsonNode text = node.path(keyword);
        if (text.isMissingNode()) {
            return Optional.empty();
        }
        if (!text.isTextual()) {
            throw error("'" + keyword + "' is a string, not " + shown(text));
        }
        return Optional.of(text.textValue());
    }

    /** The expression of the 'pattern', for texts in which it is found. */
    Regex parsedPattern() {
        try {
            return RegexParser.parseSearch(pattern().orElseThrow());
        } catch (IllegalArgumentException e) {
            throw error(path + "/pattern", e.getMessage());
        }
    }

    boolean uniqueItems() {
        JsonNode unique = node.path("uniqueItems");
        if (!unique.isMissingNode() && !unique.isBoolean()) {
            throw error("'uniqueItems' is true or false, not " + shown(unique));
        }
        return unique.booleanValue();
    }

    /** The number that numbers are multiples of; null if there is none. */
    BigDecimal multipleOf() {
        BigDecimal unit = number("multipleOf");
        if (unit != null && unit.signum() <= 0) {
            throw error("'multipleOf' is a number above 0, not " + cut(unit.toString()));
        }
        return unit;
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
        // OpenAPI 3.0 has no list of types.
        if (node.path("nullable").asBoolean()) {
            types.add("null");
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
