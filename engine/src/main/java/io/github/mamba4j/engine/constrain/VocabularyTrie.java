package io.github.mamba4j.engine.constrain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * The bytes of all tokens as a tree, so that a beginning that many tokens share is tried once. Nodes stand in the order of
 * a walk from the root; a node knows where the walk goes on if the branch is cut off there. Immutable.
 */
final class VocabularyTrie {

    /** Readings that are followed over a byte for one walk, at most: some tens of milliseconds. */
    private static final long MAX_WORK = 1_000_000;

    private final byte[] values;
    private final int[] depths;
    private final int[] behind;
    private final int[] firstToken;
    private final int[] tokens;
    private final int maxDepth;

    /** What is told of a token that can follow: its id and the configuration that it leads to. */
    @FunctionalInterface
    interface Visitor {
        /**
         * A token can follow.
         *
         * @param token its id
         * @param after where it leads
         */
        void allowed(int token, Configuration after);
    }

    /** The tree of a vocabulary; tokens without bytes are left out. */
    VocabularyTrie(byte[][] vocabulary) {
        List<Integer> sorted = new ArrayList<>();
        long bytes = 0;
        for (int id = 0; id < vocabulary.length; id++) {
            if (vocabulary[id].length > 0) {
                sorted.add(id);
                bytes += vocabulary[id].length;
            }
        }
        sorted.sort((a, b) -> Arrays.compareUnsigned(vocabulary[a], vocabulary[b]));
        int capacity = Math.toIntExact(bytes);
        byte[] value = new byte[capacity];
        int[] depth = new int[capacity];
        int[] first = new int[capacity + 1];
        tokens = new int[sorted.size()];
        int nodes = 0;
        int deepest = 0;
        byte[] previous = {};
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = sorted.get(i);
            byte[] token = vocabulary[tokens[i]];
            int common = Arrays.mismatch(previous, token);
            for (int d = common < 0 ? token.length : common; d < token.length; d++) {
                value[nodes] = token[d];
                depth[nodes] = d;
                // A node's tokens begin where the tokens of all nodes before it end; only the last byte's node has any.
                first[nodes++] = i;
            }
            deepest = Math.max(deepest, token.length);
            previous = token;
        }
        first[nodes] = tokens.length;
        values = Arrays.copyOf(value, nodes);
        depths = Arrays.copyOf(depth, nodes);
        firstToken = Arrays.copyOf(first, nodes + 1);
        maxDepth = deepest;
        behind = branchEnds(depths);
    }

    private static int[] branchEnds(int[] depths) {
        int[] ends = new int[depths.length];
        int[] open = new int[depths.length + 1];
        int height = 0;
        for (int node = 0; node <= depths.length; node++) {
            int depth = node == depths.length ? 0 : depths[node];
            while (height > depth) {
                ends[open[--height]] = node;
            }
            if (node < depths.length) {
                open[height++] = node;
            }
        }
        return ends;
    }

    /**
     * Visits the tokens whose bytes can follow, by the order of their bytes. Where that takes too much work, because very
     * many readings of the text are followed at once, only tokens up to some length are visited: the same ones each time,
     * and those of one byte always, so that every text stays possible.
     *
     * @param visitors makes a visitor for one try
     * @return the visitor that has seen all of its tokens
     */
    <V extends Visitor> V walk(Machine machine, Configuration from, Supplier<V> visitors) {
        V all = visitors.get();
        if (walk(machine, from, all, maxDepth, MAX_WORK)) {
            return all;
        }
        V best = visitors.get();
        walk(machine, from, best, 1, Long.MAX_VALUE);
        for (int depth = 2; depth < maxDepth; depth++) {
            V longer = visitors.get();
            if (!walk(machine, from, longer, depth, MAX_WORK)) {
                break;
            }
            best = longer;
        }
        return best;
    }

    /** Visits tokens of at most so many bytes; returns false if it gave up. */
    private boolean walk(Machine machine, Configuration from, Visitor visitor, int bytes, long maxWork) {
        Configuration[] path = new Configuration[maxDepth + 1];
        path[0] = from;
        long work = 0;
        int node = 0;
        while (node < values.length) {
            int depth = depths[node];
            // What is done for a reading is counted, not what is remembered: a mask must not depend on what came before.
            work += 1 + path[depth].readings().size();
            if (work > maxWork) {
                return false;
            }
            Configuration after = machine.next(path[depth], values[node] & 0xFF);
            if (after.dead()) {
                node = behind[node];
                continue;
            }
            path[depth + 1] = after;
            for (int i = firstToken[node]; i < firstToken[node + 1]; i++) {
                visitor.allowed(tokens[i], after);
            }
            node = depth + 1 < bytes ? node + 1 : behind[node];
        }
        return true;
    }
}
