package io.github.mamba4j.engine.tokenize.model;

import java.util.Arrays;

/** A tree of characters with a value at the end of each text. Filled once and only read then, which is thread-safe. */
public final class CharTrie {
    /** Open addressing: node and character to node. */
    private long[] keys = new long[256];
    private int[] children = new int[256];
    private int[] values = new int[128];
    private int nodes = 1;

    /** Makes an empty one. */
    public CharTrie() {
        Arrays.fill(values, -1);
    }

    private static long key(int node, char c) {
        // Never 0, which stands for an empty slot.
        return (long) node + 1 << 16 | c;
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32 ^ mixed >>> 45) & keys.length - 1;
        while (keys[slot] != 0 && keys[slot] != key) {
            slot = slot + 1 & keys.length - 1;
        }
        return slot;
    }

    /**
     * The node that a character leads to.
     *
     * @param node where from; 0 is the root
     * @param c the character
     * @return the node; -1 if there is none
     */
    public int find(int node, char c) {
        int slot = slot(key(node, c));
        return keys[slot] == 0 ? -1 : children[slot];
    }

    /**
     * The node that a character leads to, which is made if there is none.
     *
     * @param node where from; 0 is the root
     * @param c the character
     * @return the node
     */
    public int child(int node, char c) {
        int slot = slot(key(node, c));
        if (keys[slot] != 0) {
            return children[slot];
        }
        keys[slot] = key(node, c);
        children[slot] = nodes;
        if (nodes == values.length) {
            values = Arrays.copyOf(values, 2 * nodes);
            Arrays.fill(values, nodes, 2 * nodes, -1);
        }
        nodes++;
        if (2 * nodes > keys.length) {
            grow();
        }
        return nodes - 1;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldChildren = children;
        keys = new long[2 * oldKeys.length];
        children = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                children[slot] = oldChildren[i];
            }
        }
    }

    /**
     * The value of the text that ends at a node.
     *
     * @param node the node
     * @return the value; -1 if none ends there
     */
    public int value(int node) {
        return values[node];
    }

    /**
     * Ends a text at a node.
     *
     * @param node the node
     * @param value its value, not negative
     */
    public void setValue(int node, int value) {
        values[node] = value;
    }
}
