package io.github.mamba4j.engine.chat.jinja;

/** The escapes of Python's literals. */
final class Escapes {
    private Escapes() {}

    /**
     * Resolves escapes.
     *
     * @param literal what stands between the quotes
     * @return the text
     * @throws Failure if an escape is incomplete
     */
    static String decode(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder text = new StringBuilder(literal.length());
        for (int i = 0; i < literal.length(); i++) {
            char c = literal.charAt(i);
            if (c == '\\' && i + 1 < literal.length()) {
                i = escape(literal, i + 1, text);
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }

    /** Resolves the escape whose letter is at an index, and gives the index of its last char. */
    private static int escape(String literal, int at, StringBuilder text) {
        char c = literal.charAt(at);
        int simple = "\\'\"abfnrtv".indexOf(c);
        if (simple >= 0) {
            text.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
            return at;
        }
        switch (c) {
            case '\n' -> {
                return at;
            }
            case 'x' -> {
                return hex(literal, at, 2, text);
            }
            case 'u' -> {
                return hex(literal, at, 4, text);
            }
            case 'U' -> {
                return hex(literal, at, 8, text);
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                int end = at;
                while (end < Math.min(literal.length(), at + 3) && literal.charAt(end) >= '0'
                        && literal.charAt(end) <= '7') {
                    end++;
                }
                text.append((char) Integer.parseInt(literal.substring(at, end), 8));
                return end - 1;
            }
            case 'N' -> {
                return named(literal, at, text);
            }
            default -> {
                return unknown(literal, at, text);
            }
        }
    }

    private static int hex(String literal, int at, int digits, StringBuilder text) {
        int end = at + 1 + digits;
        if (end > literal.length()
                || !literal.substring(at + 1, end).chars().allMatch(d -> d < 128 && Character.digit(d, 16) >= 0)) {
            throw new Failure("an escape \\" + literal.charAt(at) + " without its " + digits + " digits");
        }
        long code = Long.parseLong(literal.substring(at + 1, end), 16);
        if (code > Character.MAX_CODE_POINT) {
            throw new Failure("an escape \\U beyond the last character");
        }
        text.appendCodePoint((int) code);
        return end - 1;
    }

    private static int named(String literal, int at, StringBuilder text) {
        int end = literal.indexOf('}', at);
        if (end < 0 || literal.charAt(at + 1) != '{') {
            throw new Failure("an escape \\N without a name in braces");
        }
        try {
            text.appendCodePoint(Character.codePointOf(literal.substring(at + 2, end)));
        } catch (IllegalArgumentException e) {
            throw new Failure("an escape \\N with an unknown name");
        }
        return end;
    }

    /** An unknown escape stays. What is not ASCII is an escape itself by then, whose backslash the one before takes. */
    private static int unknown(String literal, int at, StringBuilder text) {
        int code = literal.codePointAt(at);
        text.append('\\');
        if (code < 128) {
            text.append((char) code);
        } else {
            text.append(code < 0x100
                    ? String.format("x%02x", code)
                    : code < 0x10000 ? String.format("u%04x", code) : String.format("U%08x", code));
        }
        return at + Character.charCount(code) - 1;
    }
}
