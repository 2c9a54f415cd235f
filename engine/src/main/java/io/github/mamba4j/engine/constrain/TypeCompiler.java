package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The values of each type that satisfy several schemas at once, as states of a network. */
final class TypeCompiler {
    /** More remainders and digits than this are not counted. */
    private static final long MAX_MULTIPLE = 4000;

    private final Network network;
    private final JsonEmitter json;
    private final SchemaCompiler compiler;

    TypeCompiler(Network network, JsonEmitter json, SchemaCompiler compiler) {
        this.network = network;
        this.json = json;
        this.compiler = compiler;
    }

    /** Adds the values of some types; of no type is any value. */
    void fill(List<Part> parts, Set<String> types, int start, int end) {
        if (types.isEmpty() && parts.stream().noneMatch(part -> part.has("type"))) {
            network.call(start, json.anyRule(), end);
        }
        for (String type : types) {
            int reached = switch (type) {
                case "string" -> string(parts, start);
                case "integer" -> number(parts, start, true);
                case "number" -> number(parts, start, false);
                case "boolean" -> json.oneOf(start, List.of(BooleanNode.TRUE, BooleanNode.FALSE));
                case "array" -> array(parts, start);
                case "object" -> object(parts, start);
                default -> json.literal(start, "null");
            };
            network.free(reached, end);
        }
    }

    private static int most(List<Part> parts, String keyword) {
        return parts.stream().mapToInt(part -> part.schema().count(keyword, 0)).max().orElse(0);
    }

    /** The least of the greatest counts. */
    private static int least(List<Part> parts, String keyword) {
        return parts.stream().mapToInt(part -> part.schema().count(keyword, Regex.UNBOUNDED))
                .filter(count -> count != Regex.UNBOUNDED).min().orElse(Regex.UNBOUNDED);
    }

    private int string(List<Part> parts, int start) {
        int min = most(parts, "minLength");
        int max = least(parts, "maxLength");
        if (max != Regex.UNBOUNDED && max < min) {
            return network.state();
        }
        List<Regex> contents = new ArrayList<>();
        for (Part part : parts) {
            if (part.schema().pattern().isPresent()) {
                contents.add(part.schema().parsedPattern());
            }
            part.schema().format().ifPresent(format -> contents.add(Formats.text(part.schema(), format)));
        }
        boolean counted = min > 0 || max != Regex.UNBOUNDED;
        if (contents.isEmpty()) {
            return json.string(start, min, max);
        }
        if (contents.size() == 1 && !counted) {
            return json.string(start, contents.getFirst());
        }
        List<Dfa> factors = new ArrayList<>();
        contents.forEach(content -> factors.add(Dfa.of(content, Encoding.JSON_STRING)));
        if (counted) {
            factors.add(new Dfa.Length(min, max));
        }
        return json.literal(Product.emit(network, json.literal(start, "\""), factors), "\"");
    }

    private int number(List<Part> parts, int start, boolean integer) {
        NumberTexts.Bounds bounds = new NumberTexts.Bounds(null, false, null, false);
        List<Dfa> factors = new ArrayList<>();
        for (Part part : parts) {
            bounds = bounds.and(part.schema().bounds());
            int bits = part.schema().format().filter(Formats::isOfNumbers).map(Formats::bits).orElse(0);
            if (bits > 0) {
                bounds = bounds.and(NumberTexts.Bounds.ofBits(bits));
            }
            BigDecimal unit = part.schema().multipleOf();
            if (unit != null) {
                factors.add(multiple(part.schema(), unit));
            }
        }
        boolean whole = integer || factors.stream().anyMatch(TypeCompiler::ofWholeNumbers);
        Regex form = whole
                ? NumberTexts.integers(bounds)
                : bounds.none() && factors.isEmpty() ? NumberTexts.NUMBER : NumberTexts.decimals(bounds);
        if (factors.isEmpty()) {
            return json.number(start, form);
        }
        factors.addFirst(Dfa.of(form, Encoding.TEXT));
        return Product.emit(network, start, factors);
    }

    private static boolean ofWholeNumbers(Dfa factor) {
        return factor instanceof Dfa.Multiple multiple && multiple.scale() == 0;
    }

    private static Dfa multiple(SchemaNode schema, BigDecimal unit) {
        BigDecimal plain = unit.stripTrailingZeros();
        boolean small = Math.abs((long) plain.scale()) <= 9 && plain.precision() <= 9;
        long digits = small ? plain.movePointRight(Math.max(0, plain.scale())).longValueExact() : Long.MAX_VALUE;
        int scale = small ? Math.max(0, plain.scale()) : 0;
        if (!small || digits * (scale + 2) > MAX_MULTIPLE) {
            throw schema.error("'multipleOf' " + SchemaNode.cut(unit.toString())
                    + " is not supported: expected a number of few digits, such as 5, 100 or 0.01");
        }
        return new Dfa.Multiple((int) digits, scale);
    }

    /** The schemas that an element at a place has to satisfy. */
    private static List<Part> items(List<Part> parts, int index) {
        List<Part> items = new ArrayList<>();
        for (Part part : parts) {
            List<SchemaNode> first = part.has("prefixItems") ? part.schema().children("prefixItems") : List.of();
            if (index < first.size()) {
                items.add(Part.of(first.get(index)));
            } else if (part.has("items")) {
                items.add(Part.of(part.schema().child("items")));
            }
        }
        return items;
    }

    private int array(List<Part> parts, int start) {
        int min = most(parts, "minItems");
        int max = least(parts, "maxItems");
        if (max != Regex.UNBOUNDED && max < min) {
            return network.state();
        }
        int prefix = 0;
        for (Part part : parts) {
            prefix = Math.max(prefix,
                    part.has("prefixItems") ? part.schema().children("prefixItems").size() : 0);
        }
        for (Part part : parts) {
            if (part.schema().uniqueItems() && (max == Regex.UNBOUNDED || max > 1)) {
                List<JsonNode> values = prefix > 0 ? null : compiler.fewValues(items(parts, 0));
                if (values == null) {
                    throw part.schema().error("'uniqueItems' is supported for arrays of at most one item, and for items"
                            + " that are listed by 'enum' or 'const', without 'prefixItems'");
                }
                return new UniqueItems(network, json, values, min, max).emit(start);
            }
        }
        return array(parts, start, min, max, prefix);
    }

    private int array(List<Part> parts, int start, int min, int max, int prefix) {
        int items = compiler.rule(items(parts, prefix));
        int at = json.literal(start, "[");
        int close = network.state();
        // One element at least is written out, for only behind it do elements begin with a comma.
        int chained = max != Regex.UNBOUNDED ? max : Math.max(1, Math.max(min, prefix));
        for (int i = 0; i < chained; i++) {
            if (i >= min) {
                network.free(at, close);
            }
            at = json.call(i == 0 ? at : json.comma(at), i < prefix ? compiler.rule(items(parts, i)) : items);
        }
        if (chained >= min) {
            network.free(at, close);
        }
        if (max == Regex.UNBOUNDED) {
            network.free(json.call(json.comma(at), items), at);
        }
        return json.literal(close, "]");
    }

    private int object(List<Part> parts, int start) {
        Map<String, Integer> members = new LinkedHashMap<>();
        Set<String> required = new HashSet<>();
        boolean declares = false;
        for (Part part : parts) {
            declares |= part.has("properties");
            part.schema().propertyNames().forEach(name -> members.putIfAbsent(name, 0));
        }
        for (Part part : parts) {
            for (String name : SchemaCompiler.required(part.schema())) {
                members.putIfAbsent(name, 0);
                required.add(name);
            }
        }
        members.replaceAll((name, _) -> compiler.rule(property(parts, name)));
        int open = json.literal(start, "{");
        if (members.isEmpty() && !declares) {
            List<Part> others = new ArrayList<>();
            parts.stream().filter(part -> part.has("additionalProperties"))
                    .forEach(part -> others.add(Part.of(part.schema().child("additionalProperties"))));
            int rule = compiler.rule(others);
            return json.literal(json.list(open, from -> json.anyMember(from, rule)), "}");
        }
        return json.literal(members(open, members, required), "}");
    }

    private static List<Part> property(List<Part> parts, String name) {
        List<Part> property = new ArrayList<>();
        for (Part part : parts) {
            SchemaNode schema = part.schema().property(name);
            if (schema != null) {
                property.add(Part.of(schema));
            }
        }
        return property;
    }

    /** The members in their order: two tracks, before the first one that is written and behind it, where a comma is due. */
    private int members(int open, Map<String, Integer> members, Set<String> required) {
        int none = open;
        int some = network.state();
        for (Map.Entry<String, Integer> member : members.entrySet()) {
            int before = network.state();
            network.free(none, before);
            network.free(json.comma(some), before);
            int behind = json.member(before, member.getKey(), member.getValue());
            if (required.contains(member.getKey())) {
                none = network.state();
            } else {
                network.free(some, behind);
            }
            some = behind;
        }
        int close = network.state();
        network.free(none, close);
        network.free(some, close);
        return close;
    }
}
