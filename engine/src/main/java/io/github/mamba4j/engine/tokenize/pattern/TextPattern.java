package io.github.mamba4j.engine.tokenize.pattern;

import io.github.mamba4j.engine.tokenize.pattern.PatternNode.Ahead;
import io.github.mamba4j.engine.tokenize.pattern.PatternNode.Chars;
import io.github.mamba4j.engine.tokenize.pattern.PatternNode.Choice;
import io.github.mamba4j.engine.tokenize.pattern.PatternNode.Mode;
import io.github.mamba4j.engine.tokenize.pattern.PatternNode.Repeat;
import io.github.mamba4j.engine.tokenize.pattern.PatternNode.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * A compiled pattern: a list of instructions, each of which matches a code point, branches (the first branch counts
 * more), looks at the next code point, or ends a match. Immutable and thread-safe; {@link #matcher()} runs it.
 */
public final class TextPattern {
    /** What an instruction does. */
    enum Op {
        CHAR, SPLIT, JUMP, AHEAD, MATCH
    }

    /**
     * An instruction. The next one follows it, unless it says otherwise.
     *
     * @param op what it does
     * @param set the number of the set of CHAR and AHEAD
     * @param end whether AHEAD takes the end of the text
     * @param x where JUMP and the first branch of SPLIT go
     * @param y where the second branch goes
     */
    record Instruction(Op op, int set, boolean end, int x, int y) {}

    /** A set is a bit in the signature of a code point. */
    private static final int MAX_SETS = 60;
    private static final int MAX_INSTRUCTIONS = 2000;
    /** Classes of code points that no set tells apart have numbers in a byte. */
    private static final int MAX_CLASSES = 250;
    private static final int CATEGORIES = 31;

    private final List<Instruction> program = new ArrayList<>();
    private final List<CharSet> sets = new ArrayList<>();

    private TextPattern() {}

    /**
     * Compiles a pattern.
     *
     * @param pattern the pattern, in the syntax of Oniguruma
     * @return the compiled pattern
     * @throws UnsupportedPatternException if it uses what is not known here, or is too large
     */
    public static TextPattern compile(String pattern) throws UnsupportedPatternException {
        PatternNode node = PatternParser.parse(pattern);
        if (node.isNullable()) {
            throw new UnsupportedPatternException("a pattern that may match nothing");
        }
        TextPattern compiled = new TextPattern();
        compiled.add(node);
        compiled.emit(Op.MATCH, 0, false);
        compiled.checkClasses();
        return compiled;
    }

    /**
     * A matcher with memory of its own.
     *
     * @return the matcher, for one thread at a time
     */
    public PatternMatcher matcher() {
        return new PatternMatcher(this);
    }

    List<Instruction> program() {
        return program;
    }

    List<CharSet> sets() {
        return sets;
    }

    private int emit(Op op, int set, boolean end) throws UnsupportedPatternException {
        if (program.size() >= MAX_INSTRUCTIONS) {
            throw new UnsupportedPatternException("a pattern of more than " + MAX_INSTRUCTIONS + " steps");
        }
        program.add(new Instruction(op, set, end, 0, 0));
        return program.size() - 1;
    }

    private void branch(int at, Op op, int x, int y) {
        program.set(at, new Instruction(op, 0, false, x, y));
    }

    private int number(CharSet set) throws UnsupportedPatternException {
        for (int i = 0; i < sets.size(); i++) {
            CharSet known = sets.get(i);
            boolean same = known == set || known.equals(set)
                    || known instanceof CharSet.Ranges a && set instanceof CharSet.Ranges b
                            && java.util.Arrays.equals(a.bounds(), b.bounds());
            if (same) {
                return i;
            }
        }
        if (sets.size() >= MAX_SETS) {
            throw new UnsupportedPatternException("a pattern of more than " + MAX_SETS + " different classes");
        }
        sets.add(set);
        return sets.size() - 1;
    }

    private void add(PatternNode node) throws UnsupportedPatternException {
        switch (node) {
            case Chars(CharSet set) -> emit(Op.CHAR, number(set), false);
            case Ahead(CharSet set, boolean end) -> emit(Op.AHEAD, number(set), end);
            case Sequence(List<PatternNode> parts) -> {
                for (PatternNode part : parts) {
                    add(part);
                }
            }
            case Choice(List<PatternNode> parts) -> addChoice(parts);
            case Repeat repeat -> addRepeat(repeat);
        }
    }

    private void addChoice(List<PatternNode> parts) throws UnsupportedPatternException {
        List<Integer> ends = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            boolean last = i == parts.size() - 1;
            int split = last ? -1 : emit(Op.SPLIT, 0, false);
            add(parts.get(i));
            if (!last) {
                ends.add(emit(Op.JUMP, 0, false));
                branch(split, Op.SPLIT, split + 1, program.size());
            }
        }
        for (int jump : ends) {
            branch(jump, Op.JUMP, program.size(), 0);
        }
    }

    private void addRepeat(Repeat repeat) throws UnsupportedPatternException {
        for (int i = 0; i < repeat.min(); i++) {
            add(repeat.part());
        }
        if (repeat.max() < 0) {
            int loop = emit(Op.SPLIT, 0, false);
            add(repeat.part());
            branch(emit(Op.JUMP, 0, false), Op.JUMP, loop, 0);
            leave(repeat, List.of(loop));
            return;
        }
        List<Integer> splits = new ArrayList<>();
        for (int i = repeat.min(); i < repeat.max(); i++) {
            splits.add(emit(Op.SPLIT, 0, false));
            add(repeat.part());
        }
        leave(repeat, splits);
    }

    /** The way out of a repetition; a possessive one is only left where it could not go on. */
    private void leave(Repeat repeat, List<Integer> splits) throws UnsupportedPatternException {
        int out = program.size();
        if (repeat.mode() == Mode.POSSESSIVE) {
            CharSet set = ((Chars) repeat.part()).set();
            if (repeat.max() < 0) {
                emit(Op.AHEAD, number(new CharSet.Not(set)), true);
            } else if (!splits.isEmpty()) {
                int jump = emit(Op.JUMP, 0, false);
                out = program.size();
                emit(Op.AHEAD, number(new CharSet.Not(set)), true);
                branch(jump, Op.JUMP, program.size(), 0);
            }
        }
        for (int split : splits) {
            boolean lazy = repeat.mode() == Mode.LAZY;
            branch(split, Op.SPLIT, lazy ? out : split + 1, lazy ? split + 1 : out);
        }
    }

    /** Whether the sets can be told apart by few classes: explicit characters count each, all others by category. */
    private void checkClasses() throws UnsupportedPatternException {
        long explicit = 0;
        int others = 0;
        for (CharSet set : flat(sets, new ArrayList<>())) {
            if (set instanceof CharSet.Ranges ranges && ranges.size() <= 100) {
                explicit += ranges.size();
            } else if (!(set instanceof CharSet.Categories)) {
                others++;
            }
        }
        if (others > 3 || explicit + ((long) CATEGORIES << others) > MAX_CLASSES) {
            throw new UnsupportedPatternException("a pattern of too many different classes");
        }
    }

    private static List<CharSet> flat(List<CharSet> from, List<CharSet> into) {
        for (CharSet set : from) {
            switch (set) {
                case CharSet.Union union -> flat(union.sets(), into);
                case CharSet.Not not -> flat(List.of(not.set()), into);
                default -> {
                    if (!into.contains(set)) {
                        into.add(set);
                    }
                }
            }
        }
        return into;
    }
}
