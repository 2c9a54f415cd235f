package io.github.mamba4j.engine.constrain;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Arrays of different values out of a list: of a short list in any order, of a long one in the order of the list, which
 * spares a state for each set of values.
 */
final class UniqueItems {
    private static final int ANY_ORDER = 7;
    private static final int MAX_STATES = 5000;

    private final Network network;
    private final JsonEmitter json;
    private final List<JsonNode> values;
    private final int min;
    private final int max;

    UniqueItems(Network network, JsonEmitter json, List<JsonNode> values, int min, int max) {
        this.network = network;
        this.json = json;
        this.values = values;
        this.min = min;
        this.max = max == Regex.UNBOUNDED ? values.size() : Math.min(max, values.size());
    }

    /** Adds the ways from a state; returns where they end. */
    int emit(int start) {
        int open = json.literal(start, "[");
        int close = network.state();
        if (values.size() <= ANY_ORDER) {
            anyOrder(open, close);
        } else {
            inOrder(open, close);
        }
        return json.literal(close, "]");
    }

    /** One state for each set of values. A set is a number with a bit for each of them, after all that are parts of it. */
    private void anyOrder(int open, int close) {
        int[] rules = new int[values.size()];
        for (int v = 0; v < rules.length; v++) {
            rules[v] = network.rule();
            network.free(json.oneOf(network.start(rules[v]), List.of(values.get(v))), network.end(rules[v]));
        }
        Map<Integer, Integer> states = new HashMap<>(Map.of(0, open));
        for (int set = 0; set < 1 << rules.length; set++) {
            int count = Integer.bitCount(set);
            if (count > max) {
                continue;
            }
            int at = states.get(set);
            if (count >= min) {
                network.free(at, close);
            }
            int next = count == 0 || count == max ? at : json.comma(at);
            for (int v = 0; v < rules.length && count < max; v++) {
                int bit = 1 << v;
                if ((set & bit) == 0) {
                    network.call(next, rules[v], states.computeIfAbsent(set | bit, _ -> network.state()));
                }
            }
        }
    }

    /** One state for each value that may come next and each count that matters. */
    private void inOrder(int open, int close) {
        int n = values.size();
        int counts = max < n ? max : Math.max(1, min);
        if ((long) n * counts > MAX_STATES) {
            throw new IllegalArgumentException("'uniqueItems' takes too many states for " + n
                    + " values and these counts; leave 'minItems' and 'maxItems' out");
        }
        int[] at = new int[counts + 1];
        at[0] = open;
        for (int c = 1; c <= counts; c++) {
            at[c] = network.state();
        }
        for (JsonNode value : values) {
            int[] after = new int[counts + 1];
            for (int c = 0; c <= counts; c++) {
                after[c] = network.state();
                network.free(at[c], after[c]);
            }
            for (int c = 0; c <= counts; c++) {
                if (c < counts || max == n) {
                    int from = c == 0 ? at[c] : json.comma(at[c]);
                    network.free(json.oneOf(from, List.of(value)), after[Math.min(c + 1, counts)]);
                }
            }
            at = after;
        }
        for (int c = min; c <= counts; c++) {
            network.free(at[c], close);
        }
    }
}
