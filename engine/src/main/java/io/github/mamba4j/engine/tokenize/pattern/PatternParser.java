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
 * Reads a pattern in the syntax of Oniguruma (Ruby's), as far as published tokenizers use it: characters, classes,
 * properties, groups, {@code (?i:...)}, alternatives, quantifiers (greedy, lazy, possessive for single characters), a
 * look at one character ahead, and the end of a line. Everything else is refused by name.
 */
final class PatternParser {
    private static final int MAX_LENGTH = 4000;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_COUNT = 100;

    private final String pattern;
    private int at;
    private int depth;
    private boolean ignoreCase;

    private PatternParser(String pattern) {
        this.pattern = pattern;
    }

    static PatternNode parse(String pattern) throws UnsupportedPatternException {
        if (pattern.length() > MAX_LENGTH) {
            throw new UnsupportedPatternException("a pattern of " + pattern.length() + " characters");
        }
        PatternParser parser = new PatternParser(pattern);
        PatternNode node = parser.choice();
        if (parser.at < pattern.length()) {
            throw parser.unsupported("an unmatched )");
        }
        return node;
    }

    private UnsupportedPatternException unsupported(String what) {
        return new UnsupportedPatternException(what + " at " + at);
    }

    private boolean isAt(String text) {
        return pattern.startsWith(text, at);
    }

    private boolean take(String text) {
        if (!isAt(text)) {
            return false;
        }
        at += text.length();
        return true;
    }

    private int next() throws UnsupportedPatternException {
        if (at >= pattern.length()) {
            throw unsupported("an unfinished pattern");
        }
        int c = pattern.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private PatternNode choice() throws UnsupportedPatternException {
        if (++depth > MAX_DEPTH) {
            throw unsupported("groups nested deeper than " + MAX_DEPTH);
        }
        List<PatternNode> parts = new ArrayList<>();
        do {
            parts.add(sequence());
        } while (take("|"));
        depth--;
        return parts.size() == 1 ? parts.get(0) : new Choice(List.copyOf(parts));
    }

    private PatternNode sequence() throws UnsupportedPatternException {
        List<PatternNode> parts = new ArrayList<>();
        int letters = at;
        while (at < pattern.length() && !isAt("|") && !isAt(")")) {
            PatternNode atom = atom();
            PatternNode whole = quantified(atom);
            if (ignoreCase && whole == atom && FoldedLetters.isManyToOne(pattern, letters, at)) {
                throw unsupported("letters without case that a single character may stand for");
            }
            parts.add(whole);
        }
        return parts.size() == 1 ? parts.get(0) : new Sequence(List.copyOf(parts));
    }

    private PatternNode quantified(PatternNode part) throws UnsupportedPatternException {
        int min;
        int max;
        boolean counted = false;
        if (take("*")) {
            min = 0;
            max = -1;
        } else if (take("+")) {
            min = 1;
            max = -1;
        } else if (take("?")) {
            min = 0;
            max = 1;
        } else if (isAt("{")) {
            int[] bounds = counts();
            min = bounds[0];
            max = bounds[1];
            counted = true;
        } else {
            return part;
        }
        Mode mode = Mode.GREEDY;
        if (isAt("+") && counted) {
            throw unsupported("a + after a count");
        } else if (take("+")) {
            mode = Mode.POSSESSIVE;
        } else if (take("?")) {
            mode = Mode.LAZY;
        }
        if (isAt("*") || isAt("+") || isAt("?") || isAt("{")) {
            throw unsupported("a quantifier after a quantifier");
        }
        if (part.isNullable()) {
            throw unsupported("a quantifier after what may be nothing");
        }
        if (mode == Mode.POSSESSIVE && !(part instanceof Chars)) {
            throw unsupported("a possessive quantifier after more than a character");
        }
        return new Repeat(part, min, max, mode);
    }

    private int[] counts() throws UnsupportedPatternException {
        int end = pattern.indexOf('}', at);
        String inner = end < 0 ? "" : pattern.substring(at + 1, end);
        if (!inner.matches("\\d{1,4}(,(\\d{1,4})?)?")) {
            throw unsupported("a { that begins no count");
        }
        at = end + 1;
        String[] parts = inner.split(",", -1);
        int min = Integer.parseInt(parts[0]);
        int max = parts.length == 1 ? min : parts[1].isEmpty() ? -1 : Integer.parseInt(parts[1]);
        if (min > MAX_COUNT || max > MAX_COUNT || max == 0 || max > 0 && max < min) {
            throw unsupported("the count {" + inner + "}");
        }
        return new int[]{min, max};
    }

    private PatternNode atom() throws UnsupportedPatternException {
        int c = next();
        switch (c) {
            case '(' -> {
                return group();
            }
            case '[' -> {
                return new Chars(characterClass());
            }
            case '\\' -> {
                return isAt("z") ? end() : new Chars(folded(escape()));
            }
            case '.' -> {
                return new Chars(new CharSet.Not(CharSet.of('\n')));
            }
            case '$' -> {
                return new Ahead(CharSet.of('\n'), true);
            }
            case '^', '*', '+', '?', '{' -> {
                at--;
                throw unsupported("a " + (char) c);
            }
            default -> {
                return new Chars(folded(CharSet.of(c)));
            }
        }
    }

    private PatternNode end() {
        at++;
        return new Ahead(new CharSet.Ranges(new int[0]), true);
    }

    private PatternNode group() throws UnsupportedPatternException {
        if (take("?!") || isAt("?=")) {
            boolean negative = pattern.charAt(at - 1) == '!';
            at += negative ? 0 : 2;
            PatternNode inner = choice();
            close();
            if (!(inner instanceof Chars chars)) {
                throw unsupported("a look at more than one character ahead");
            }
            return new Ahead(negative ? new CharSet.Not(chars.set()) : chars.set(), negative);
        }
        boolean outer = ignoreCase;
        if (take("?i:")) {
            ignoreCase = true;
        } else if (!take("?:") && isAt("?")) {
            throw unsupported("the group (" + pattern.substring(at, Math.min(pattern.length(), at + 3)));
        }
        PatternNode inner = choice();
        close();
        ignoreCase = outer;
        return inner;
    }

    private void close() throws UnsupportedPatternException {
        if (!take(")")) {
            throw unsupported("a group without its end");
        }
    }

    private CharSet folded(CharSet set) throws UnsupportedPatternException {
        return ignoreCase ? FoldedLetters.fold(set) : set;
    }

    /** What comes after a backslash. */
    private CharSet escape() throws UnsupportedPatternException {
        int c = next();
        return switch (c) {
            case 's' -> CharSet.SPACES;
            case 'S' -> new CharSet.Not(CharSet.SPACES);
            case 'd' -> new CharSet.Categories(1 << Character.DECIMAL_DIGIT_NUMBER);
            case 'D' -> new CharSet.Not(new CharSet.Categories(1 << Character.DECIMAL_DIGIT_NUMBER));
            case 'p' -> property(false);
            case 'P' -> property(true);
            case 'n' -> CharSet.of('\n');
            case 'r' -> CharSet.of('\r');
            case 't' -> CharSet.of('\t');
            case 'f' -> CharSet.of('\f');
            case 'v' -> CharSet.of(0x0B);
            case 'u' -> CharSet.of(hex(4));
            case 'x' -> CharSet.of(isAt("{") ? bracedHex() : hex(2));
            default -> {
                // \w is left out: Oniguruma counts six characters of Latin-1 as words that are none.
                if (c < 0x80 && Character.isLetterOrDigit(c)) {
                    throw unsupported("the escape \\" + (char) c);
                }
                yield CharSet.of(c);
            }
        };
    }

    private int hex(int digits) throws UnsupportedPatternException {
        int end = at + digits;
        if (end > pattern.length() || !pattern.substring(at, end).matches("[0-9A-Fa-f]+")) {
            throw unsupported("an unfinished hexadecimal number");
        }
        int value = Integer.parseInt(pattern.substring(at, end), 16);
        if (digits == 2 && value >= 0x80) {
            throw unsupported("a byte that is no character");
        }
        at = end;
        return value;
    }

    private int bracedHex() throws UnsupportedPatternException {
        int end = pattern.indexOf('}', at);
        if (end < 0 || !pattern.substring(at + 1, end).matches("[0-9A-Fa-f]{1,6}")) {
            throw unsupported("an unfinished hexadecimal number");
        }
        int value = Integer.parseInt(pattern.substring(at + 1, end), 16);
        if (value > Character.MAX_CODE_POINT) {
            throw unsupported("a number beyond the last character");
        }
        at = end + 1;
        return value;
    }

    private CharSet property(boolean negated) throws UnsupportedPatternException {
        int end = isAt("{") ? pattern.indexOf('}', at) : -1;
        if (end < 0) {
            throw unsupported("a property without braces");
        }
        boolean caret = pattern.startsWith("^", at + 1);
        String name = pattern.substring(at + (caret ? 2 : 1), end);
        CharSet set = Properties.named(name);
        if (set == null) {
            throw unsupported("the property " + name);
        }
        at = end + 1;
        return negated != caret ? new CharSet.Not(set) : set;
    }

    private CharSet characterClass() throws UnsupportedPatternException {
        boolean negated = take("^");
        List<CharSet> sets = new ArrayList<>();
        if (isAt("]")) {
            throw unsupported("a class that begins with ]");
        }
        while (!take("]")) {
            if (isAt("[") || isAt("&&")) {
                throw unsupported("a class in a class");
            }
            sets.add(classItem());
        }
        CharSet union = folded(sets.size() == 1 ? sets.get(0) : new CharSet.Union(List.copyOf(sets)));
        return negated ? new CharSet.Not(union) : union;
    }

    private CharSet classItem() throws UnsupportedPatternException {
        CharSet from = classChar();
        if (!isAt("-") || pattern.startsWith("]", at + 1)) {
            return from;
        }
        at++;
        if (isAt("[")) {
            throw unsupported("a class in a class");
        }
        CharSet to = classChar();
        if (from instanceof CharSet.Ranges a && to instanceof CharSet.Ranges b && a.size() == 1 && b.size() == 1
                && a.bounds()[0] <= b.bounds()[0]) {
            return new CharSet.Ranges(new int[]{a.bounds()[0], b.bounds()[0]});
        }
        throw unsupported("a range that is none");
    }

    private CharSet classChar() throws UnsupportedPatternException {
        int c = next();
        return c == '\\' ? escape() : CharSet.of(c);
    }
}
