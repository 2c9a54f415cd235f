package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.Regex.Characters;
import io.github.mamba4j.engine.constrain.Regex.Choice;
import io.github.mamba4j.engine.constrain.Regex.Repeat;
import io.github.mamba4j.engine.constrain.Regex.Sequence;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular-expression dialect that {@link Constraint#regex} documents, by recursive descent:
 *
 * <pre>
 * choice   = sequence *("|" sequence)
 * sequence = *(atom [quantifier ["?"]])
 * atom     = "(" ["?:"] choice ")" | class | "." | escape | character
 * </pre>
 *
 * What a finite automaton cannot do, or what would mean something else than in the usual dialects, is refused by name
 * and position. Anchors stand at the borders of the top-level alternatives only, where they mean what they say.
 */
final class RegexParser {

    /** Groups inside groups: the parser's own recursion, and the emitter's, go this deep. */
    private static final int MAX_GROUP_DEPTH = 200;

    private static final CodePoints NOT_NEWLINE = CodePoints.of('\n').not();
    private static final Regex ANYTHING = Regex.any(new Characters(CodePoints.ALL));

    private final PatternScanner in;
    private final boolean search;
    private int depth;

    private RegexParser(String pattern, boolean search) {
        this.in = new PatternScanner(pattern);
        this.search = search;
    }

    /** The expression that the whole text must match; an anchor at either end changes nothing. */
    static Regex parse(String pattern) {
        return new RegexParser(pattern, false).parseAll();
    }

    /** The expression for texts in which the pattern is found somewhere, as JSON schema means it. */
    static Regex parseSearch(String pattern) {
        return new RegexParser(pattern, true).parseAll();
    }

    private Regex parseAll() {
        Regex all = choice();
        if (!in.atEnd()) {
            throw in.error("')' without '('");
        }
        return all;
    }

    private Regex choice() {
        List<Regex> alternatives = new ArrayList<>();
        do {
            alternatives.add(depth == 0 ? anchored() : sequence());
        } while (in.take('|'));
        return alternatives.size() == 1 ? alternatives.getFirst() : new Choice(List.copyOf(alternatives));
    }

    private Regex anchored() {
        boolean fromStart = in.take('^') || !search;
        Regex middle = sequence();
        boolean toEnd = in.take('$') || !search;
        if (!in.atEnd() && in.peek() != '|' && in.peek() != ')') {
            throw in.error("'$' elsewhere than at the end of the expression or of a top-level alternative");
        }
        if (fromStart && toEnd) {
            return middle;
        }
        return Regex.sequence(fromStart ? Regex.EMPTY : ANYTHING, middle, toEnd ? Regex.EMPTY : ANYTHING);
    }

    private Regex sequence() {
        List<Regex> parts = new ArrayList<>();
        while (!in.atEnd() && in.peek() != '|' && in.peek() != ')' && !(depth == 0 && in.peek() == '$')) {
            parts.add(quantified(atom()));
        }
        return parts.size() == 1 ? parts.getFirst() : new Sequence(List.copyOf(parts));
    }

    private Regex atom() {
        return switch (in.peek()) {
            case '(' -> group();
            case '[' -> {
                in.next();
                yield new Characters(new ClassParser(in).parse());
            }
            case '.' -> {
                in.next();
                yield new Characters(NOT_NEWLINE);
            }
            case '\\' -> new Characters(in.escape());
            case '*', '+', '?', '{' -> throw in.error("'" + (char) in.peek() + "' with nothing to repeat");
            case '^', '$' -> throw in.error("anchor '" + (char) in.peek()
                    + "' elsewhere than at the border of the expression or of a top-level alternative");
            default -> new Characters(in.character());
        };
    }

    private Regex group() {
        int start = in.position();
        in.next();
        if (in.take('?')) {
            refuseSpecialGroup(start);
        }
        if (++depth > MAX_GROUP_DEPTH) {
            throw in.errorAt(start, "groups nested more than " + MAX_GROUP_DEPTH + " deep");
        }
        Regex inner = choice();
        depth--;
        if (!in.take(')')) {
            throw in.errorAt(start, "'(' without ')'");
        }
        return inner;
    }

    private void refuseSpecialGroup(int start) {
        if (in.take(':')) {
            return;
        }
        String name = switch (in.atEnd() ? -1 : in.peek()) {
            case '=', '!' -> "lookahead";
            case '<' -> "lookbehind or a named group";
            case '>' -> "an atomic group";
            default -> "inline flags or an unknown kind of group";
        };
        throw in.errorAt(start, name + " is not supported; write (?:...) or (...)");
    }

    private Regex quantified(Regex atom) {
        if (in.atEnd()) {
            return atom;
        }
        int start = in.position();
        Regex repeat = switch (in.peek()) {
            case '*' -> new Repeat(atom, skip(0), Regex.UNBOUNDED);
            case '+' -> new Repeat(atom, skip(1), Regex.UNBOUNDED);
            case '?' -> new Repeat(atom, skip(0), 1);
            case '{' -> counted(atom);
            default -> atom;
        };
        if (repeat == atom || in.atEnd()) {
            return repeat;
        }
        // A reluctant quantifier prefers another match among the same texts, so for a whole text it changes nothing.
        in.take('?');
        if (!in.atEnd() && in.peek() == '+') {
            throw in.errorAt(start, "a possessive quantifier is not supported");
        }
        if (!in.atEnd() && "*?{".indexOf(in.peek()) >= 0) {
            throw in.error("a quantifier after a quantifier; put the inner one into a group");
        }
        return repeat;
    }

    private int skip(int count) {
        in.next();
        return count;
    }

    private Regex counted(Regex atom) {
        int start = in.position();
        in.next();
        // As in Python, no least count is 0.
        int min = !in.atEnd() && in.peek() == ',' ? 0 : in.number("a count");
        int max = min;
        if (in.take(',')) {
            max = !in.atEnd() && in.peek() == '}' ? Regex.UNBOUNDED : in.number("a count");
        }
        if (!in.take('}')) {
            throw in.error("expected '}' after the count");
        }
        if (max != Regex.UNBOUNDED && max < min) {
            throw in.errorAt(start, "the counts {" + min + "," + max + "} are in the wrong order");
        }
        return new Repeat(atom, min, max);
    }
}
