package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Whether a value that a schema lists satisfies what stands beside the list. Formats are not looked at. */
final class SchemaValues {
    /** How deep references may lead. */
    private static final int DEPTH = 200;

    private static final BigDecimal HUGE = BigDecimal.TEN.pow(400);

    private final Part.Resolver resolver;
    private final Map<String, Machine> patterns = new HashMap<>();

    SchemaValues(Part.Resolver resolver) {
        this.resolver = resolver;
    }

    /** Whether a value satisfies a part, without what its references and combinations say. */
    boolean satisfies(JsonNode value, Part part) {
        return own(value, part.schema(), 0);
    }

    static boolean isOfType(JsonNode value, String type) {
        return Disjointness.isOfType(value, type);
    }

    private boolean all(JsonNode value, SchemaNode schema, int depth) {
        if (schema.node().isBoolean()) {
            return schema.node().booleanValue();
        }
        if (depth > DEPTH) {
            throw schema.error("references lead deeper than " + DEPTH);
        }
        int next = depth + 1;
        return own(value, schema, depth) && (!schema.has("$ref") || all(value, resolver.resolve(schema), next))
                && (!schema.has("allOf") || count(value, schema, "allOf", next) == schema.children("allOf").size())
                && (!schema.has("anyOf") || count(value, schema, "anyOf", next) > 0)
                && (!schema.has("oneOf") || count(value, schema, "oneOf", next) == 1);
    }

    private long count(JsonNode value, SchemaNode schema, String keyword, int depth) {
        return schema.children(keyword).stream().filter(child -> all(value, child, depth)).count();
    }

    private boolean own(JsonNode value, SchemaNode schema, int depth) {
        boolean typed = !schema.has("type") || schema.types().stream().anyMatch(type -> isOfType(value, type));
        return typed && listed(value, schema) && (!value.isTextual() || string(value.textValue(), schema))
                && (!value.isNumber() || number(value.decimalValue(), schema))
                && (!value.isArray() || array(value, schema, depth + 1))
                && (!value.isObject() || object(value, schema, depth + 1));
    }

    private static boolean listed(JsonNode value, SchemaNode schema) {
        for (JsonNode one : schema.has("enum") ? schema.node().get("enum") : List.of(value)) {
            if (same(one, value)) {
                return !schema.has("const") || same(schema.node().get("const"), value);
            }
        }
        return false;
    }

    static boolean same(JsonNode a, JsonNode b) {
        return a.isNumber() && b.isNumber() ? a.decimalValue().compareTo(b.decimalValue()) == 0 : a.equals(b);
    }

    private boolean string(String text, SchemaNode schema) {
        int length = text.codePointCount(0, text.length());
        int max = schema.count("maxLength", Regex.UNBOUNDED);
        return length >= schema.count("minLength", 0) && (max == Regex.UNBOUNDED || length <= max)
                && schema.pattern().map(pattern -> matches(text, schema, pattern)).orElse(true);
    }

    private boolean matches(String text, SchemaNode schema, String pattern) {
        Machine machine = patterns.computeIfAbsent(pattern, _ -> {
            Network network = new Network();
            int rule = network.rule();
            network.free(new RegexEmitter(network, Encoding.TEXT).emit(network.start(rule), schema.parsedPattern()),
                    network.end(rule));
            return new Machine(network, rule, new Machine.Limits(1, 1024, 16L << 20));
        });
        Configuration at = machine.start();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            at = machine.next(at, b & 0xFF);
        }
        return at.accepting();
    }

    private static boolean number(BigDecimal value, SchemaNode schema) {
        NumberTexts.Bounds b = schema.bounds();
        boolean lowHolds = b.low() == null || value.compareTo(b.low()) > (b.lowOpen() ? 0 : -1);
        boolean highHolds = b.high() == null || value.compareTo(b.high()) < (b.highOpen() ? 0 : 1);
        BigDecimal unit = schema.multipleOf();
        boolean fits = unit == null
                || value.abs().compareTo(HUGE) < 0 && value.remainder(unit).signum() == 0;
        return lowHolds && highHolds && fits;
    }

    private boolean array(JsonNode value, SchemaNode schema, int depth) {
        int max = schema.count("maxItems", Regex.UNBOUNDED);
        if (value.size() < schema.count("minItems", 0) || max != Regex.UNBOUNDED && value.size() > max) {
            return false;
        }
        List<SchemaNode> first = schema.has("prefixItems") ? schema.children("prefixItems") : List.of();
        Set<Object> seen = new HashSet<>();
        boolean unique = schema.uniqueItems();
        for (int i = 0; i < value.size(); i++) {
            JsonNode item = value.get(i);
            SchemaNode items = i < first.size() ? first.get(i) : schema.has("items") ? schema.child("items") : null;
            boolean repeated = !seen.add(item.isNumber() ? item.decimalValue().stripTrailingZeros() : item);
            if (unique && repeated || items != null && !all(item, items, depth)) {
                return false;
            }
        }
        return true;
    }

    private boolean object(JsonNode value, SchemaNode schema, int depth) {
        for (String name : SchemaCompiler.required(schema)) {
            if (!value.has(name)) {
                return false;
            }
        }
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            SchemaNode declared = schema.property(property.getKey());
            if (declared != null && !all(property.getValue(), declared, depth)) {
                return false;
            }
        }
        return true;
    }
}
