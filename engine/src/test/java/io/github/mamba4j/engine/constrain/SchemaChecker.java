package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/** Whether a value satisfies a schema, straight from the specification: for tests, and with nothing of the automaton. */
record SchemaChecker(JsonNode root) {

    boolean valid(JsonNode value) {
        return valid(root, value);
    }

    private boolean valid(JsonNode schema, JsonNode value) {
        if (schema.isBoolean()) {
            return schema.booleanValue();
        }
        return combined(schema, value) && typed(schema, value) && (!value.isTextual() || string(schema, value))
                && (!value.isNumber() || number(schema, value.decimalValue()))
                && (!value.isArray() || array(schema, value))
                && (!value.isObject() || object(schema, value));
    }

    private boolean combined(JsonNode schema, JsonNode value) {
        if (schema.has("$ref") && !valid(root.at(schema.get("$ref").textValue().substring(1)), value)) {
            return false;
        }
        if (schema.has("anyOf") && count(schema.get("anyOf"), value) == 0) {
            return false;
        }
        if (schema.has("oneOf") && count(schema.get("oneOf"), value) != 1) {
            return false;
        }
        return !schema.has("allOf") || count(schema.get("allOf"), value) == schema.get("allOf").size();
    }

    private long count(JsonNode schemas, JsonNode value) {
        return StreamSupport.stream(schemas.spliterator(), false).filter(schema -> valid(schema, value)).count();
    }

    private static boolean typed(JsonNode schema, JsonNode value) {
        if (schema.has("const") && !same(schema.get("const"), value)) {
            return false;
        }
        if (schema.has("enum")
                && StreamSupport.stream(schema.get("enum").spliterator(), false).noneMatch(one -> same(one, value))) {
            return false;
        }
        JsonNode type = schema.path("type");
        return type.isMissingNode() || type.isTextual() && is(type.textValue(), value)
                || StreamSupport.stream(type.spliterator(), false).anyMatch(one -> is(one.textValue(), value));
    }

    private static boolean same(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber() ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private static boolean is(String type, JsonNode value) {
        return switch (type) {
            case "integer" -> value.isNumber() && value.decimalValue().remainder(BigDecimal.ONE).signum() == 0;
            default -> value.getNodeType().name().toLowerCase(java.util.Locale.ROOT).equals(type);
        };
    }

    private static boolean string(JsonNode schema, JsonNode value) {
        String text = value.textValue();
        int length = text.codePointCount(0, text.length());
        return length >= schema.path("minLength").asInt(0)
                && length <= schema.path("maxLength").asInt(Integer.MAX_VALUE)
                && (!schema.has("pattern")
                        || Pattern.compile(schema.get("pattern").textValue(), Pattern.UNIX_LINES).matcher(text).find());
    }

    private static boolean number(JsonNode schema, BigDecimal value) {
        return (!schema.has("multipleOf") || value.remainder(schema.get("multipleOf").decimalValue()).signum() == 0)
                && (!schema.has("minimum") || value.compareTo(schema.get("minimum").decimalValue()) >= 0)
                && (!schema.has("exclusiveMinimum")
                        || value.compareTo(schema.get("exclusiveMinimum").decimalValue()) > 0)
                && (!schema.has("maximum") || value.compareTo(schema.get("maximum").decimalValue()) <= 0)
                && (!schema.has("exclusiveMaximum")
                        || value.compareTo(schema.get("exclusiveMaximum").decimalValue()) < 0);
    }

    private boolean array(JsonNode schema, JsonNode value) {
        boolean valid = value.size() >= schema.path("minItems").asInt(0)
                && value.size() <= schema.path("maxItems").asInt(Integer.MAX_VALUE);
        if (schema.path("uniqueItems").asBoolean()) {
            for (int i = 0; i < value.size(); i++) {
                for (int j = 0; j < i; j++) {
                    valid &= !same(value.get(i), value.get(j));
                }
            }
        }
        JsonNode first = schema.path("prefixItems");
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = i < first.size() ? first.get(i) : schema.path("items");
            valid &= item.isMissingNode() || valid(item, value.get(i));
        }
        return valid;
    }

    private boolean object(JsonNode schema, JsonNode value) {
        for (JsonNode name : schema.path("required")) {
            if (!value.has(name.textValue())) {
                return false;
            }
        }
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            JsonNode declared = schema.path("properties").path(property.getKey());
            JsonNode rule = declared.isMissingNode() ? schema.path("additionalProperties") : declared;
            if (!rule.isMissingNode() && !valid(rule, property.getValue())) {
                return false;
            }
        }
        return true;
    }
}
