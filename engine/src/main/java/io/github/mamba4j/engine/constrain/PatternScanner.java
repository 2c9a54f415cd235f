package io.github.mamba4j.engine.constrain;

/** A position in a pattern, the escapes that mean the same inside and outside classes, and errors that name the place. */
final class PatternScanner {

    private static final CodePoints DIGITS = CodePoints.range('0', '9');
    private static final CodePoints WORD = DIGITS.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z'))
            .or(CodePoints.of('_'));
    private static final CodePoints SPACE = CodePoints.anyOf(" \t\n\u000B\f\r");

    private final String pattern;
    private int position;

    PatternScanner(String pattern) {
        this.pattern = pattern;
    }

    int position() {
        return position;
    }

    boolean atEnd() {
        return position == pattern.length();
    }

    /** The next UTF-16 unit, which is not consumed. Syntax is ASCII, so that a unit is enough to tell it. */
    int peek() {
        return pattern.charAt(position);
    }

    boolean lookingAt(String text) {
        return pattern.startsWith(text, position);
    }

    void next() {
        position++;
    }

    boolean take(char wanted) {
        boolean there = !atEnd() && peek() == wanted;
        if (there) {
            position++;
        }
        return there;
    }

    /** One character that stands for itself. */
    CodePoints character() {
        int codePoint = pattern.codePointAt(position);
        requireScalar(codePoint, position);
        position += Character.charCount(codePoint);
        return CodePoints.of(codePoint);
    }

    int number(String what) {
        int start = position;
        while (!atEnd() && peek() >= '0' && peek() <= '9') {
            position++;
        }
        if (start == position) {
            throw error("expected " + what);
        }
        // Nine digits fit an int; no automaton of ours is nearly that large.
        if (position - start > 9) {
            throw errorAt(start, what + " of " + (position - start) + " digits is too large");
        }
        return Integer.parseInt(pattern, start, position, 10);
    }

    /** An escape: {@code \d \w \s} and their complements, control characters, code points, or quoted punctuation. */
    CodePoints escape() {
        int start = position++;
        if (atEnd()) {
            throw errorAt(start, "'\\' at the end");
        }
        int letter = pattern.codePointAt(position);
        position += Character.charCount(letter);
        return switch (letter) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 's' -> SPACE;
            case 'S' -> SPACE.not();
            case 'n' -> CodePoints.of('\n');
            case 'r' -> CodePoints.of('\r');
            case 't' -> CodePoints.of('\t');
            case 'f' -> CodePoints.of('\f');
            case 'x' -> CodePoints.of(codePoint(start, take('{') ? -1 : 2));
            case 'u' -> CodePoints.of(utf16(start));
            default -> quoted(start, letter);
        };
    }

    private CodePoints quoted(int start, int letter) {
        if (letter >= '0' && letter <= '9') {
            throw errorAt(start, "a backreference or octal escape \\" + (char) letter + " is not supported");
        }
        if (letter < 128 && Character.isLetter(letter)) {
            String name = switch (letter) {
                case 'b', 'B' -> "the word boundary ";
                case 'A', 'z', 'Z', 'G' -> "the anchor ";
                case 'p', 'P' -> "the Unicode property class ";
                case 'k' -> "the backreference ";
                default -> "the escape ";
            };
            throw errorAt(start, name + "\\" + (char) letter + " is not supported");
        }
        requireScalar(letter, start);
        return CodePoints.of(letter);
    }

    /** The escape of a UTF-16 unit, or of two that make a pair, as JSON and JavaScript write characters beyond U+FFFF. */
    private int utf16(int start) {
        if (take('{')) {
            return codePoint(start, -1);
        }
        int unit = hex(start, 4);
        if (Character.isHighSurrogate((char) unit) && lookingAt("\\u")) {
            position += 2;
            int low = hex(start, 4);
            if (Character.isLowSurrogate((char) low)) {
                return Character.toCodePoint((char) unit, (char) low);
            }
        }
        requireScalar(unit, start);
        return unit;
    }

    private int codePoint(int start, int digits) {
        int length = digits;
        if (digits < 0) {
            length = pattern.indexOf('}', position) - position;
            if (length < 1 || length > 6) {
                throw errorAt(start, "expected one to six hexadecimal digits in {}");
            }
        }
        int value = hex(start, length);
        requireScalar(value, start);
        if (digits < 0) {
            position++;
        }
        return value;
    }

    private int hex(int start, int digits) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = atEnd() || peek() > 127 ? -1 : Character.digit(peek(), 16);
            if (digit < 0) {
                throw errorAt(start, "expected " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
            position++;
        }
        return value;
    }

    private void requireScalar(int codePoint, int start) {
        if (codePoint > 0x10FFFF || codePoint >= 0xD800 && codePoint <= 0xDFFF) {
            throw errorAt(start, "U+%04X is no character that UTF-8 can write".formatted(codePoint));
        }
    }

    IllegalArgumentException error(String message) {
        return errorAt(position, message);
    }

    IllegalArgumentException errorAt(int at, String message) {
        String shown = pattern.length() <= 80 ? pattern : pattern.substring(0, 77) + "...";
        return new IllegalArgumentException("regular expression /" + shown + "/ at position " + at + ": " + message);
    }
}
