package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a JSON schema (the subset of draft 2020-12 that {@link Constraint#jsonSchema} documents) into a network: one rule
 * for each set of schemas that hold at once, made when it is first needed, so that a recursive reference is a way back
 * into a rule and a schema that is referred to a thousand times is compiled once.
 *
 * <p>
 * '$ref' and 'allOf' add schemas to such a set; 'anyOf' and 'oneOf' become one set for each of their branches.
 */
final class SchemaCompiler implements Part.Resolver {

    private record Task(List<Part> parts, int rule) {}

    private final Network network;
    private final JsonEmitter json;
    private final JsonNode root;
    private final Disjointness disjointness = new Disjointness(this::resolve, SchemaCompiler::listed);
    private final SchemaValues values = new SchemaValues(this);
    private final TypeCompiler types;
    private final Map<Set<Part>, Integer> rules = new HashMap<>();
    private final Map<Integer, String> places = new HashMap<>();
    private final ArrayDeque<Task> tasks = new ArrayDeque<>();
    private final Set<JsonNode> visited = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<String> warnings = new ArrayList<>();

    private SchemaCompiler(Network network, JsonNode root) {
        this.network = network;
        this.json = new JsonEmitter(network);
        this.root = root;
        types = new TypeCompiler(network, json, this);
    }

    /**
     * What became of a schema.
     *
     * @param rule the rule for the values that satisfy it
     * @param warnings what was left out of account
     */
    record Compiled(int rule, List<String> warnings) {}

    /**
     * Adds the rules of a schema to a network.
     *
     * @throws IllegalArgumentException if this is no JSON, no schema, one that uses what is not supported, or one that
     *             no text satisfies
     */
    static Compiled compile(Network network, String schema) {
        SchemaCompiler compiler = new SchemaCompiler(network, SchemaText.parse(schema));
        int rule = compiler.rule(List.of(Part.of(new SchemaNode(compiler.root, "#"))));
        while (!compiler.tasks.isEmpty()) {
            Task task = compiler.tasks.remove();
            compiler.fillAt(task);
        }
        compiler.requireText(rule);
        return new Compiled(rule, List.copyOf(compiler.warnings));
    }

    /** The rule of schemas that all hold, which is filled later: however deep they are nested, our own calls are not. */
    int rule(List<Part> parts) {
        List<Part> flat = Part.flat(parts, this);
        if (flat.isEmpty()) {
            return json.anyRule();
        }
        return rules.computeIfAbsent(new HashSet<>(flat), _ -> {
            int rule = network.rule();
            places.put(rule, flat.getFirst().schema().path());
            tasks.add(new Task(flat, rule));
            return rule;
        });
    }

    @Override
    public void visit(SchemaNode schema) {
        if (visited.add(schema.node())) {
            schema.refuseUnsupported();
            schema.unknownKeywords().forEach(keyword -> warnings.add("JSON schema at " + SchemaNode.cut(schema.path())
                    + ": the keyword '" + SchemaNode.cut(keyword) + "' is not known, and left out of account"));
        }
    }

    private void fillAt(Task task) {
        try {
            fill(task.parts, network.start(task.rule), network.end(task.rule));
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("JSON schema")
                    ? e
                    : task.parts.getFirst().schema().error(e.getMessage());
        }
    }

    private void fill(List<Part> parts, int start, int end) {
        if (parts.stream().anyMatch(part -> part.schema().node().isBoolean())) {
            // One of them is false.
            return;
        }
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            if (part.has("anyOf") && !part.anyOfDone()) {
                branch(parts, i, new Part(part.schema(), true, part.oneOfDone(), true), "anyOf", start, end);
                return;
            }
            if (part.has("oneOf") && !part.oneOfDone()) {
                boolean alone = parts.size() == 1 && !part.schema().says(Set.of("oneOf"));
                disjointness.require(part.schema(), part.schema().children("oneOf"), alone);
                branch(parts, i, new Part(part.schema(), part.anyOfDone(), true, true), "oneOf", start, end);
                return;
            }
        }
        List<JsonNode> constants = constants(parts);
        if (constants != null) {
            network.free(json.oneOf(start, constants), end);
        } else {
            types.fill(parts, typesOf(parts), start, end);
        }
    }

    private void branch(List<Part> parts, int index, Part done, String keyword, int start, int end) {
        for (SchemaNode branch : done.schema().children(keyword)) {
            List<Part> all = new ArrayList<>(parts);
            all.set(index, done);
            all.add(index + 1, Part.of(branch));
            network.call(start, rule(all), end);
        }
    }

    @Override
    public SchemaNode resolve(SchemaNode schema) {
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
                throw schema.error("'$ref' leads to " + SchemaNode.cut(target) + ", where there is nothing");
            }
            return new SchemaNode(found, target);
        } catch (IllegalArgumentException e) {
            throw e.getMessage().startsWith("JSON schema")
                    ? e
                    : schema.error("'$ref' " + SchemaNode.cut(target) + " is no JSON pointer: "
                            + SchemaNode.cut(e.getMessage()));
        }
    }

    /** The values that a schema lists; those of 'const' or 'enum'. */
    private static List<JsonNode> listed(SchemaNode schema) {
        if (schema.has("const")) {
            return List.of(schema.node().get("const"));
        }
        JsonNode listed = schema.node().get("enum");
        if (!listed.isArray() || listed.isEmpty()) {
            throw schema.error("'enum' is a list of at least one value, not " + SchemaNode.shown(listed));
        }
        List<JsonNode> all = new ArrayList<>();
        listed.forEach(all::add);
        return all;
    }

    private static boolean lists(Part part) {
        return part.has("const") || part.has("enum");
    }

    /** The listed values that satisfy all parts; null if none lists values. */
    private List<JsonNode> constants(List<Part> parts) {
        if (parts.stream().noneMatch(SchemaCompiler::lists)) {
            return null;
        }
        // What is wrong with a list is said, whichever is taken.
        parts.stream().filter(part -> part.has("enum")).forEach(part -> listed(part.schema()));
        Part first = parts.stream().filter(SchemaCompiler::lists).findFirst().orElseThrow();
        return listed(first.schema()).stream()
                .filter(value -> parts.stream().allMatch(part -> values.satisfies(value, part))).toList();
    }

    /** All values of schemas that have only a few; null if that is not known. */
    List<JsonNode> fewValues(List<Part> parts) {
        List<Part> flat = Part.flat(parts, this);
        if (flat.stream().anyMatch(part -> part.has("anyOf") || part.has("oneOf"))) {
            return null;
        }
        List<JsonNode> constants = constants(flat);
        if (constants == null && Set.of("boolean").equals(typesOf(flat))) {
            constants = List.of(BooleanNode.FALSE, BooleanNode.TRUE);
        }
        if (constants == null) {
            return null;
        }
        List<JsonNode> distinct = new ArrayList<>();
        for (JsonNode value : constants) {
            if (distinct.stream().noneMatch(other -> SchemaValues.same(other, value))) {
                distinct.add(value);
            }
        }
        return distinct;
    }

    /** The types that all parts allow; those that the keywords speak of, if none has a 'type'. */
    private static Set<String> typesOf(List<Part> parts) {
        Set<String> common = null;
        Set<String> spokenOf = new LinkedHashSet<>();
        for (Part part : parts) {
            Set<String> own = part.schema().types();
            if (!part.has("type")) {
                spokenOf.addAll(own);
            } else {
                common = common == null ? own : both(common, own);
            }
        }
        return common == null ? spokenOf : common;
    }

    private static Set<String> both(Set<String> a, Set<String> b) {
        Set<String> both = new LinkedHashSet<>();
        for (String type : a) {
            if (b.contains(type) || type.equals("integer") && b.contains("number")) {
                both.add(type);
            } else if (type.equals("number") && b.contains("integer")) {
                both.add("integer");
            }
        }
        return both;
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

    /** Refuses a schema that no text satisfies, naming the innermost place that is to blame. */
    private void requireText(int rule) {
        int[] openCalls = Reach.openCalls(network);
        if (openCalls[network.start(rule)] != Reach.NEVER) {
            return;
        }
        Set<Integer> seen = new HashSet<>();
        int blamed = rule;
        for (int next = rule; next >= 0; next = deadCallee(next, openCalls, seen)) {
            blamed = next;
        }
        String place = places.getOrDefault(blamed, "#");
        throw SchemaNode.error(place,
                "the constraint allows no text: it contradicts itself here, or each way through it "
                        + "leads back into itself");
    }

    private int deadCallee(int rule, int[] openCalls, Set<Integer> seen) {
        ArrayDeque<Integer> open = new ArrayDeque<>(List.of(network.start(rule)));
        Set<Integer> states = new HashSet<>(open);
        seen.add(rule);
        while (!open.isEmpty()) {
            for (Network.Arc arc : network.arcs(open.remove())) {
                if (arc instanceof Network.Call(int called, int _) && openCalls[network.start(called)] == Reach.NEVER) {
                    if (seen.contains(called)) {
                        continue;
                    }
                    return called;
                }
                if (states.add(arc.to())) {
                    open.add(arc.to());
                }
            }
        }
        return -1;
    }
}
