package io.github.mamba4j.engine.tokenize.pattern;

import io.github.mamba4j.engine.tokenize.pattern.TextPattern.Instruction;
import io.github.mamba4j.engine.tokenize.pattern.TextPattern.Op;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the matches of a pattern, the leftmost and of those the one a backtracking matcher would find first.
 *
 * <p>A state of the automaton is the ordered list of instructions that wait for the next code point; whatever stands
 * behind one that ends a match counts less and is dropped. The transition of a state by a class of code points is computed
 * once and kept. A look ahead is decided when the next code point is known, so a match is seen one code point later.
 *
 * <p>To be linear in the text for every pattern, long stretches that were read without a match at their end are kept as
 * pairs of place and state, and reading stops where such a pair comes again. Not thread-safe.
 */
public final class PatternMatcher {
    private static final int MAX_STATES = 2000;
    private static final int STRIDE = 256;
    /** The class of the end of the text. */
    private static final int END = 0;
    private static final int DEAD = -1;
    /** Stretches shorter than that are read again. */
    private static final int LONG_STRETCH = 64;
    private static final int BLOCK_SHIFT = 4;
    private static final int BLOCKS_BETWEEN_CHECKS = 1 << 12;

    private final List<Instruction> program;
    private final CharClasses classes;
    private final Map<List<Integer>, Integer> numbers = new HashMap<>();
    private int[][] states = new int[16][];
    /** By state and class: 0 if not known, else twice the next state + 2, plus 1 if a match ends here. */
    private int[] transitions = new int[16 * STRIDE];
    private final boolean[] seen;
    private final PlaceSet fruitless = new PlaceSet();
    private char[] text;
    private int end;
    private int blocks;
    private int forgotten;

    PatternMatcher(TextPattern pattern) {
        program = pattern.program();
        classes = new CharClasses(pattern.sets());
        seen = new boolean[program.size()];
        number(new int[]{0});
    }

    /**
     * Begins with a text.
     *
     * @param chars where the text is
     * @param to its end; for the pattern there is nothing beyond
     */
    public void begin(char[] chars, int to) {
        text = chars;
        end = to;
        fruitless.clear();
    }

    /**
     * The end of the match that begins at a place.
     *
     * @param from the place
     * @return the index after the match; -1 if none begins here
     */
    public int matchEnd(int from) {
        int state = 0;
        int last = -1;
        int at = from;
        int nextBlock = (from >> BLOCK_SHIFT) + 1 << BLOCK_SHIFT;
        while (true) {
            int width = 0;
            int kind = END;
            if (at < end) {
                char c = text[at];
                width = 1;
                if (Character.isHighSurrogate(c) && at + 1 < end && Character.isLowSurrogate(text[at + 1])) {
                    width = 2;
                    kind = classes.of(Character.toCodePoint(c, text[at + 1]));
                } else {
                    kind = classes.of(c);
                }
            }
            int transition = transitions[state * STRIDE + kind];
            if (transition == 0) {
                transition = compute(state, kind);
            }
            if ((transition & 1) != 0) {
                last = at;
            }
            state = (transition >> 1) - 2;
            if (state == DEAD || kind == END) {
                break;
            }
            at += width;
            if (at >= nextBlock) {
                nextBlock = (at >> BLOCK_SHIFT) + 1 << BLOCK_SHIFT;
                if (isFruitless(at, state)) {
                    break;
                }
            }
        }
        if (at - Math.max(last, from) > LONG_STRETCH) {
            remember(from, Math.max(last, from), at);
        }
        return last;
    }

    private boolean isFruitless(int at, int state) {
        if (++blocks >= BLOCKS_BETWEEN_CHECKS) {
            blocks = 0;
            Interrupts.check();
        }
        return fruitless.contains(at, state);
    }

    /** Reads once more and keeps the states at the borders of blocks after the match. */
    private void remember(int from, int last, int to) {
        int state = 0;
        int at = from;
        int nextBlock = (from >> BLOCK_SHIFT) + 1 << BLOCK_SHIFT;
        while (at < to) {
            int c = Character.codePointAt(text, at, end);
            int transition = transitions[state * STRIDE + classes.of(c)];
            if (transition >> 1 <= DEAD + 2) {
                // The end of the stretch, or states were forgotten on the way.
                return;
            }
            state = (transition >> 1) - 2;
            at += Character.charCount(c);
            if (at >= nextBlock) {
                nextBlock = (at >> BLOCK_SHIFT) + 1 << BLOCK_SHIFT;
                if (at > last && at < to) {
                    fruitless.add(at, state);
                }
            }
        }
    }

    private int compute(int state, int kind) {
        Arrays.fill(seen, false);
        int[] threads = new int[program.size()];
        int count = 0;
        for (int from : states[state]) {
            count = follow(from, kind, threads, count);
        }
        int[] next = new int[count];
        int length = 0;
        boolean match = false;
        for (int i = 0; i < count && !match; i++) {
            Instruction instruction = program.get(threads[i]);
            if (instruction.op() == Op.MATCH) {
                match = true;
            } else if (kind != END && classes.isIn(kind, instruction.set())) {
                next[length++] = threads[i] + 1;
            }
        }
        int generation = forgotten;
        int number = length == 0 ? DEAD : number(Arrays.copyOf(next, length));
        int transition = number + 2 << 1 | (match ? 1 : 0);
        if (generation == forgotten) {
            transitions[state * STRIDE + kind] = transition;
        }
        return transition;
    }

    /** Adds the instructions that wait for a code point, in the order of their worth, knowing what comes. */
    private int follow(int from, int kind, int[] threads, int count) {
        if (seen[from]) {
            return count;
        }
        seen[from] = true;
        Instruction instruction = program.get(from);
        return switch (instruction.op()) {
            case JUMP -> follow(instruction.x(), kind, threads, count);
            case SPLIT -> follow(instruction.y(), kind, threads, follow(instruction.x(), kind, threads, count));
            case AHEAD -> {
                boolean holds = kind == END ? instruction.end() : classes.isIn(kind, instruction.set());
                yield holds ? follow(from + 1, kind, threads, count) : count;
            }
            case CHAR, MATCH -> {
                threads[count] = from;
                yield count + 1;
            }
        };
    }

    private int number(int[] threads) {
        List<Integer> key = Arrays.stream(threads).boxed().toList();
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        if (numbers.size() >= MAX_STATES) {
            forget();
        }
        int number = numbers.size();
        numbers.put(key, number);
        if (number == states.length) {
            states = Arrays.copyOf(states, 2 * number);
            transitions = Arrays.copyOf(transitions, 2 * number * STRIDE);
        }
        states[number] = threads;
        return number;
    }

    /** Begins with the first state again when there are too many. */
    private void forget() {
        forgotten++;
        numbers.clear();
        states = new int[16][];
        transitions = new int[16 * STRIDE];
        fruitless.clear();
        number(new int[]{0});
    }
}
