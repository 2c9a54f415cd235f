package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The pieces of JSON text as states and arcs of a network. Every method adds the ways from a state and returns the state
 * where they end. White space is one optional blank behind {@code ,} and {@code :}, and nothing else, so that no text
 * consists of blanks for ever.
 */
final class JsonEmitter {

    /** A character from a state on. */
    private record Step(int from, int codePoint) {}

    private final Network network;
    private final RegexEmitter text;
    private final RegexEmitter inString;
    private final int character;
    private final int string;
    private int any = -1;

    JsonEmitter(Network network) {
        this.network = network;
        this.text = new RegexEmitter(network, Encoding.TEXT);
        this.inString = new RegexEmitter(network, Encoding.JSON_STRING);
        // A rule of its own, so that one more allowed character costs one more state, not the whole of UTF-8.
        this.character = network.rule();
        Encoding.JSON_STRING.add(network, network.start(character), CodePoints.ALL, network.end(character));
        this.string = network.rule();
        network.free(string(network.start(string), 0, Regex.UNBOUNDED), network.end(string));
    }

    int literal(int from, String ascii) {
        return text.emit(from, Regex.literal(ascii));
    }

    int number(int from, Regex form) {
        return text.emit(from, form);
    }

    private int mark(int from, char mark) {
        int to = literal(from, String.valueOf(mark));
        int spaced = network.state();
        network.bytes(to, ' ', ' ', spaced);
        network.free(to, spaced);
        return spaced;
    }

    int comma(int from) {
        return mark(from, ',');
    }

    int call(int from, int rule) {
        int to = network.state();
        network.call(from, rule, to);
        return to;
    }

    /** A string of so many characters (code points), quotes included. */
    int string(int from, int min, int max) {
        int at = literal(from, "\"");
        for (int i = 0; i < min; i++) {
            at = call(at, character);
        }
        int end = network.state();
        network.free(at, end);
        if (max == Regex.UNBOUNDED) {
            network.call(end, character, end);
        }
        for (int i = min; i < max; i++) {
            at = call(at, character);
            network.free(at, end);
        }
        return literal(end, "\"");
    }

    /** A string whose content matches an expression. */
    int string(int from, Regex content) {
        return literal(inString.emit(literal(from, "\""), content), "\"");
    }

    /** A property's name, the colon and the value. */
    int member(int from, String name, int valueRule) {
        return call(mark(string(from, Regex.literal(name)), ':'), valueRule);
    }

    /** A property of any name. */
    int anyMember(int from, int valueRule) {
        return call(mark(call(from, string), ':'), valueRule);
    }

    /** Any number of elements with commas between them; one element is what {@code element} adds. */
    int list(int from, IntUnaryOperator element) {
        int to = network.state();
        int before = network.state();
        network.free(from, to);
        network.free(from, before);
        int behind = element.applyAsInt(before);
        network.free(behind, to);
        network.free(comma(behind), before);
        return to;
    }

    /** The rule for any JSON value. */
    int anyRule() {
        if (any < 0) {
            any = network.rule();
            int start = network.start(any);
            int end = network.end(any);
            for (String word : List.of("null", "true", "false")) {
                network.free(literal(start, word), end);
            }
            network.free(number(start, NumberTexts.NUMBER), end);
            network.call(start, string, end);
            network.free(literal(list(literal(start, "["), from -> call(from, any)), "]"), end);
            network.free(literal(list(literal(start, "{"), from -> anyMember(from, any)), "}"), end);
        }
        return any;
    }

    /** The rule for any string. */
    int stringRule() {
        return string;
    }

    /**
     * One of several values. Plain ones with the same beginning share its states, so that a machine follows one reading
     * through a long enumeration and not one for each value.
     */
    int oneOf(int from, Iterable<JsonNode> values) {
        int to = network.state();
        Map<Step, Integer> known = new HashMap<>();
        for (JsonNode value : values) {
            network.free(value.isContainerNode() ? constant(from, value) : plain(from, value, known), to);
        }
        return to;
    }

    private int plain(int from, JsonNode value, Map<Step, Integer> known) {
        if (!value.isTextual()) {
            return steps(from, value.toString(), text, known);
        }
        int open = steps(from, "\"", text, known);
        return literal(steps(open, value.textValue(), inString, known), "\"");
    }

    private static int steps(int from, String characters, RegexEmitter emitter, Map<Step, Integer> known) {
        int at = from;
        for (int codePoint : characters.codePoints().toArray()) {
            int before = at;
            at = known.computeIfAbsent(new Step(before, codePoint),
                    _ -> emitter.emit(before, new Regex.Characters(CodePoints.of(codePoint))));
        }
        return at;
    }

    /** Exactly this value, but for the optional blanks. */
    private int constant(int from, JsonNode value) {
        if (value.isTextual()) {
            return string(from, Regex.literal(value.textValue()));
        }
        if (!value.isContainerNode()) {
            return literal(from, value.toString());
        }
        int at = literal(from, value.isArray() ? "[" : "{");
        boolean first = true;
        for (Map.Entry<String, JsonNode> property : value.properties()) {
            at = first ? at : comma(at);
            at = constant(mark(string(at, Regex.literal(property.getKey())), ':'), property.getValue());
            first = false;
        }
        for (JsonNode element : value.isArray() ? value : List.<JsonNode>of()) {
            at = constant(first ? at : comma(at), element);
            first = false;
        }
        return literal(at, value.isArray() ? "]" : "}");
    }
}
