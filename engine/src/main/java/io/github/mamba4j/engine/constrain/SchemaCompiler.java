package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a JSON schema (the subset of draft 2020-12 that {@link Constraint#jsonSchema} documents) into a network: one rule
 * for each sub-schema, made when it is first needed, so that a recursive reference is a way back into a rule and a schema
 * that is referred to a thousand times is compiled once.
 */
final class SchemaCompiler {

    private static final JsonMapper MAPPER = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES).build();

    private record Task(SchemaNode schema, int rule) {}

    private final Network network;
    private final JsonEmitter json;
    private final JsonNode root;
    private final Disjointness disjointness = new Disjointness(this::resolve, this::constants);
    private final Map<JsonNode, Integer> rules = new IdentityHashMap<>();
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();

    private SchemaCompiler(Network network, JsonNode root) {
        this.network = network;
        this.json = new JsonEmitter(network);
        this.root = root;
    }

    /**
     * Adds the rules of a schema to a network.
     *
     * @return the rule for the values that satisfy the schema
     * @throws IllegalArgumentException if this is no JSON, no schema, or one that uses what is not supported
     */
    static int compile(Network network, String schema) {
        SchemaCompiler compiler = new SchemaCompiler(network, parse(schema));
        int rule = compiler.rule(new SchemaNode(compiler.root, "#"));
        while (!compiler.tasks.isEmpty()) {
            Task task = compiler.tasks.remove();
            compiler.fill(task.schema, network.start(task.rule), network.end(task.rule));
        }
        return rule;
    }

    private static JsonNode parse(String schema) {
        try {
            return MAPPER.readTree(schema);
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new IllegalArgumentException("the JSON schema is not valid JSON: " + problem, e);
        }
    }

    /** The rule of a schema, which is filled later: however deep schemas are nested, our own calls are not. */
    private int rule(SchemaNode schema) {
        return rules.computeIfAbsent(schema.node(), _ -> {
            int rule = network.rule();
            tasks.add(new Task(schema, rule));
            return rule;
        });
    }

    private void fill(SchemaNode schema, int start, int end) {
        if (schema.node().isBoolean()) {
            if (schema.node().booleanValue()) {
                network.call(start, json.anyRule(), end);
            }
            return;
        }
        schema.refuseUnsupported();
        if (schema.has("$ref")) {
            schema.requireAlone("$ref");
            network.call(start, rule(resolve(schema)), end);
        } else if (schema.has("allOf")) {
            fillAllOf(schema, start, end);
        } else if (schema.has("anyOf")) {
            schema.requireAlone("anyOf");
            schema.children("anyOf").forEach(branch -> network.call(start, rule(branch), end));
        } else if (schema.has("oneOf")) {
            fillOneOf(schema, start, end);
        } else if (schema.has("const") || schema.has("enum")) {
            network.free(json.oneOf(start, constants(schema)), end);
        } else {
            fillTypes(schema, start, end);
        }
    }

    /** A wrapper around one schema, as generators of schemas write it around a reference, is that schema. */
    private void fillAllOf(SchemaNode schema, int start, int end) {
        schema.requireAlone("allOf");
        List<SchemaNode> parts = schema.children("allOf");
        if (parts.size() > 1) {
            throw schema.error("'allOf' with more than one schema is not supported; write what they say into one");
        }
        network.call(start, rule(parts.getFirst()), end);
    }

    private void fillOneOf(SchemaNode schema, int start, int end) {
        schema.requireAlone("oneOf");
        List<SchemaNode> branches = schema.children("oneOf");
        disjointness.require(schema, branches);
        branches.forEach(branch -> network.call(start, rule(branch), end));
    }

    private void fillTypes(SchemaNode schema, int start, int end) {
        Set<String> types = schema.types();
        if (types.isEmpty()) {
            network.call(start, json.anyRule(), end);
        }
        for (String type : types) {
            int reached = switch (type) {
                case "string" -> string(schema, start);
                case "integer" -> json.number(start, NumberTexts.integers(schema.bounds()));
                case "number" -> number(schema, start);
                case "boolean" -> json.oneOf(start, List.of(BooleanNode.TRUE, BooleanNode.FALSE));
                case "array" -> array(schema, start);
                case "object" -> object(schema, start);
                default -> json.literal(start, "null");
            };
            network.free(reached, end);
        }
    }

    private SchemaNode resolve(SchemaNode schema) {
        JsonNode reference = schema.node().get("$ref");
        String target = reference.asText();
        if (!reference.isTextual() || !target.equals("#") && !target.startsWith("#/")) {
            throw schema.error("'$ref' is \"#\" or starts with \"#/\" (a place in this schema), not "
                    + SchemaNode.shown(reference));
        }
        try {
            // The fragment of a URI: percent-encoded, and a plus sign is a plus sign.
            String pointer = URLDecoder.decode(target.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
            JsonNode found = root.at(JsonPointer.compile(pointer));
            if (found.isMissingNode()) {
                throw schema.error("'$ref' leads to " + target + ", where there is nothing");
            }
            return new SchemaNode(found, target);
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("JSON schema")
                    ? e
                    : schema.error("'$ref' " + target + " is no JSON pointer: " + e.getMessage());
        }
    }

    /** The values of 'const' or 'enum' that are of the 'type', if there is one. */
    private List<JsonNode> constants(SchemaNode schema) {
        String keyword = schema.has("const") ? "const" : "enum";
        schema.requireAlone(keyword, "type");
        JsonNode values = schema.node().get(keyword);
        if (keyword.equals("enum") && (!values.isArray() || values.isEmpty())) {
            throw schema.error("'enum' is a list of at least one value, not " + SchemaNode.shown(values));
        }
        Set<String> types = schema.types();
        List<JsonNode> kept = new ArrayList<>();
        for (JsonNode value : keyword.equals("enum") ? values : List.of(values)) {
            if (types.isEmpty() || types.stream().anyMatch(type -> Disjointness.isOfType(value, type))) {
                kept.add(value);
            }
        }
        return kept;
    }

    private int string(SchemaNode schema, int start) {
        if (!schema.has("pattern")) {
            int min = schema.count("minLength", 0);
            int max = schema.count("maxLength", Regex.UNBOUNDED);
            return max != Regex.UNBOUNDED && max < min ? network.state() : json.string(start, min, max);
        }
        if (schema.has("minLength") || schema.has("maxLength")) {
            throw schema
                    .error("'pattern' together with 'minLength' or 'maxLength' is not supported; say the length in the"
                            + " pattern, as in \"^[a-z]{1,8}$\"");
        }
        JsonNode pattern = schema.node().get("pattern");
        if (!pattern.isTextual()) {
            throw schema.error("'pattern' is a string, not " + SchemaNode.shown(pattern));
        }
        try {
            return json.string(start, RegexParser.parseSearch(pattern.textValue()));
        } catch (IllegalArgumentException e) {
            throw SchemaNode.error(schema.path() + "/pattern", e.getMessage());
        }
    }

    private int number(SchemaNode schema, int start) {
        NumberTexts.Bounds bounds = schema.bounds();
        try {
            return json.number(start, bounds.none() ? NumberTexts.NUMBER : NumberTexts.decimals(bounds));
        } catch (IllegalArgumentException e) {
            throw schema.error(e.getMessage());
        }
    }

    private int array(SchemaNode schema, int start) {
        List<SchemaNode> first = schema.has("prefixItems") ? schema.children("prefixItems") : List.of();
        int min = schema.count("minItems", 0);
        int max = schema.count("maxItems", Regex.UNBOUNDED);
        int items = schema.has("items") ? rule(schema.child("items")) : json.anyRule();
        int at = json.literal(start, "[");
        int close = network.state();
        // One element at least is written out, for only behind it do elements begin with a comma.
        int chained = max != Regex.UNBOUNDED ? max : Math.max(1, Math.max(min, first.size()));
        for (int i = 0; i < chained; i++) {
            if (i >= min) {
                network.free(at, close);
            }
            at = json.call(i == 0 ? at : json.comma(at), i < first.size() ? rule(first.get(i)) : items);
        }
        if (chained >= min) {
            network.free(at, close);
        }
        if (max == Regex.UNBOUNDED) {
            network.free(json.call(json.comma(at), items), at);
        }
        return json.literal(close, "]");
    }

    private int object(SchemaNode schema, int start) {
        Map<String, Integer> members = new LinkedHashMap<>();
        JsonNode properties = schema.node().path("properties");
        if (!properties.isMissingNode() && !properties.isObject()) {
            throw schema.error("'properties' is an object, not " + SchemaNode.shown(properties));
        }
        properties.properties().forEach(property -> members.put(property.getKey(), rule(new SchemaNode(
                property.getValue(), schema.path() + "/properties/" + property.getKey()))));
        int others = schema.has("additionalProperties") ? rule(schema.child("additionalProperties")) : json.anyRule();
        List<String> required = required(schema);
        required.forEach(name -> members.putIfAbsent(name, others));
        int open = json.literal(start, "{");
        if (members.isEmpty() && !schema.has("properties")) {
            return json.literal(json.list(open, from -> json.anyMember(from, others)), "}");
        }
        return json.literal(members(open, members, Set.copyOf(required)), "}");
    }

    /** The names of the properties that must be there. */
    static List<String> required(SchemaNode schema) {
        List<String> names = new ArrayList<>();
        JsonNode required = schema.node().path("required");
        if (!required.isMissingNode() && !required.isArray()) {
            throw schema.error("'required' is a list of names, not " + SchemaNode.shown(required));
        }
        for (JsonNode name : required) {
            if (!name.isTextual()) {
                throw schema.error("'required' is a list of names, not " + SchemaNode.shown(required));
            }
            names.add(name.textValue());
        }
        return names;
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
