package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.CodePoints.Range;
import java.util.ArrayList;
import java.util.List;

/** Reads a bracketed character class, from behind its {@code [} to behind its {@code ]}. */
final class ClassParser {

    private final PatternScanner in;
    private final int start;

    ClassParser(PatternScanner in) {
        this.in = in;
        this.start = in.position() - 1;
    }

    CodePoints parse() {
        boolean negated = in.take('^');
        List<Range> members = new ArrayList<>();
        boolean first = true;
        while (first || !peekIs(']')) {
            if (peekIs(']')) {
                throw in.error("an empty class, or ']' first in a class; write \\]");
            }
            members.addAll(member().ranges());
            first = false;
        }
        in.next();
        CodePoints set = CodePoints.of(members);
        CodePoints wanted = negated ? set.not() : set;
        if (wanted.isEmpty()) {
            throw in.errorAt(start, "this class holds no character");
        }
        return wanted;
    }

    private boolean peekIs(char wanted) {
        if (in.atEnd()) {
            throw in.errorAt(start, "'[' without ']'");
        }
        return in.peek() == wanted;
    }

    private CodePoints member() {
        int at = in.position();
        CodePoints low = one();
        if (!peekIs('-')) {
            return low;
        }
        in.next();
        if (peekIs(']')) {
            return low.or(CodePoints.of('-'));
        }
        CodePoints high = one();
        if (!single(low) || !single(high)) {
            throw in.errorAt(at, "a range needs one character on either side of '-'; write \\- for a hyphen");
        }
        int from = low.ranges().getFirst().low();
        int to = high.ranges().getFirst().low();
        if (from > to) {
            throw in.errorAt(at, "a range whose ends are in the wrong order");
        }
        return CodePoints.range(from, to);
    }

    private CodePoints one() {
        if (peekIs('\\')) {
            return in.escape();
        }
        if (peekIs('[')) {
            throw in.error("'[' inside a class (nested or named classes are not supported); write \\[");
        }
        if (in.lookingAt("&&")) {
            throw in.error("'&&' inside a class (intersections are not supported); write \\&");
        }
        return in.character();
    }

    private static boolean single(CodePoints set) {
        if (set.ranges().size() != 1) {
            return false;
        }
        Range only = set.ranges().getFirst();
        return only.low() == only.high();
    }
}
