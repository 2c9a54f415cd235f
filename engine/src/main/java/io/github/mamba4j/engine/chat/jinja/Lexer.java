package io.github.mamba4j.engine.chat.jinja;

import io.github.mamba4j.engine.chat.jinja.Token.Kind;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts a source into tokens, and settles white space on the way: {@code -} at the inner side of a tag takes all white space
 * beside it away, one line end directly after a block tag or comment goes ({@code trim_blocks}), and so does the space from
 * the beginning of a line up to one ({@code lstrip_blocks}), unless there is a {@code +}.
 */
final class Lexer {
    private static final String[] OPERATORS = {"//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[",
            "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";"};

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Character> open = new ArrayDeque<>();
    private int at;
    private int line = 1;
    private int lineAt;
    /** Whether what was read last ends with a line end, or nothing was read yet. */
    private boolean lineStarts = true;

    private Lexer(String source) {
        this.source = source;
    }

    /**
     * Cuts a source.
     *
     * @param source the template
     * @return its tokens, the last of which is the end
     * @throws JinjaException if it has something that is no token
     */
    static List<Token> tokens(String source) {
        String lines = normalized(source);
        // The language drops one line end at the end of a template.
        var lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        lexer.run();
        return lexer.tokens;
    }

    private static String normalized(String text) {
        return text.indexOf('\r') < 0 ? text : text.replace("\r\n", "\n").replace('\r', '\n');
    }

    private void run() {
        while (at < source.length()) {
            int tag = nextTag(at);
            if (tag < 0) {
                data(source.substring(at));
                at = source.length();
            } else {
                tag(tag);
            }
        }
        add(Kind.END, "", null, at);
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '{' || next == '%' || next == '#') {
                return i;
            }
        }
        return -1;
    }

    private void tag(int start) {
        char kind = source.charAt(start + 1);
        char sign = charAt(start + 2);
        data(before(source.substring(at, start), sign, kind != '{'));
        int inner = sign == '-' || sign == '+' ? start + 3 : start + 2;
        if (kind == '#') {
            at = endOfComment(inner, start);
        } else if (kind == '%' && startOfRaw(inner) >= 0) {
            raw(startOfRaw(inner), start);
        } else {
            add(kind == '{' ? Kind.PRINT_BEGIN : Kind.TAG_BEGIN, "", null, start);
            at = inner;
            code(kind == '{' ? "}}" : "%}", start);
        }
    }

    /** The text before a tag, without the white space that the tag takes away. */
    private String before(String text, char sign, boolean isBlock) {
        int end = text.length();
        if (sign == '-') {
            while (end > 0 && Chars.isSpace(text.charAt(end - 1))) {
                end--;
            }
        } else if (isBlock && sign != '+') {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarts) && text.chars().skip(lineStart).allMatch(Chars::isSpace)) {
                end = lineStart;
            }
        }
        return text.substring(0, end);
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            add(Kind.DATA, text, null, at);
        }
    }

    private int endOfComment(int from, int start) {
        int end = source.indexOf("#}", from);
        if (end < 0) {
            if (from == source.length()) {
                return from;
            }
            throw error("a comment without an end", start);
        }
        char sign = end > from ? source.charAt(end - 1) : ' ';
        return afterTag(end + 2, sign, true);
    }

    /** The place after a tag and the white space that it takes away. */
    private int afterTag(int end, char sign, boolean isBlock) {
        int to = end;
        if (sign == '-') {
            to = skipSpace(end);
        } else if (isBlock && sign != '+' && charAt(end) == '\n') {
            to = end + 1;
        }
        lineStarts = source.charAt(to - 1) == '\n';
        return to;
    }

    /** Where the text of a raw block begins; -1 if the tag is another one. */
    private int startOfRaw(int inner) {
        int word = skipSpace(inner);
        if (!source.startsWith("raw", word)) {
            return -1;
        }
        int end = skipSpace(word + 3);
        if (source.startsWith("%}", end)) {
            return end + 2;
        }
        return source.startsWith("-%}", end) ? skipSpace(end + 3) : -1;
    }

    private void raw(int from, int start) {
        lineStarts = source.charAt(from - 1) == '\n';
        for (int tag = source.indexOf("{%", from); tag >= 0; tag = source.indexOf("{%", tag + 2)) {
            char sign = charAt(tag + 2);
            int word = skipSpace(sign == '-' || sign == '+' ? tag + 3 : tag + 2);
            int end = source.startsWith("endraw", word) ? skipSpace(word + 6) : word;
            char endSign = charAt(end);
            int close = endSign == '-' || endSign == '+' ? end + 1 : end;
            if (end > word && source.startsWith("%}", close)) {
                at = from;
                data(before(source.substring(from, tag), sign, true));
                at = afterTag(close + 2, endSign, true);
                return;
            }
        }
        if (from < source.length()) {
            throw error("a raw block without an end", start);
        }
        at = from;
    }

    /** Tokens up to the end of a tag. Ends within brackets do not count. */
    private void code(String end, int start) {
        while (true) {
            at = skipSpace(at);
            if (at >= source.length()) {
                throw error("a tag without an end", start);
            }
            char c = source.charAt(at);
            boolean signed = (c == '-' || c == '+' && end.equals("%}")) && source.startsWith(end, at + 1);
            if (open.isEmpty() && (signed || source.startsWith(end, at))) {
                add(end.equals("}}") ? Kind.PRINT_END : Kind.TAG_END, "", null, at);
                at = afterTag(at + (signed ? 3 : 2), c, end.equals("%}"));
                return;
            }
            if (Chars.isDigit(c)) {
                number();
            } else if (c == '"' || c == '\'') {
                text(c);
            } else if (Chars.isNameStart(source.codePointAt(at))) {
                name();
            } else {
                operator();
            }
        }
    }

    private void name() {
        int end = at;
        while (end < source.length() && Chars.isNamePart(source.codePointAt(end))) {
            end += Character.charCount(source.codePointAt(end));
        }
        add(Kind.NAME, source.substring(at, end), null, at);
        at = end;
    }

    private void operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, at)) {
                balance(operator.charAt(0));
                add(Kind.OPERATOR, operator, null, at);
                at += operator.length();
                return;
            }
        }
        throw error("the character '" + Character.toString(source.codePointAt(at)) + "' where none is expected", at);
    }

    private void balance(char bracket) {
        switch (bracket) {
            case '(' -> open.push(')');
            case '[' -> open.push(']');
            case '{' -> open.push('}');
            case ')', ']', '}' -> {
                if (open.isEmpty() || open.pop() != bracket) {
                    throw error("'" + bracket + "' closes no bracket", at);
                }
            }
            default -> {
            }
        }
    }

    private void number() {
        int whole = digits(at, 10);
        int end = whole;
        // After a dot a number is an index.
        if (at == 0 || source.charAt(at - 1) != '.') {
            if (charAt(whole) == '.' && Chars.isDigit(charAt(whole + 1))) {
                end = digits(whole + 1, 10);
            }
            if (charAt(end) == 'e' || charAt(end) == 'E') {
                int exponent = charAt(end + 1) == '+' || charAt(end + 1) == '-' ? end + 2 : end + 1;
                end = Chars.isDigit(charAt(exponent)) ? digits(exponent, 10) : end;
            }
        }
        if (end == whole) {
            integer(whole);
            return;
        }
        String literal = source.substring(at, end).replace("_", "");
        if (literal.length() > Budget.MAX_DIGITS) {
            throw error("a number of " + literal.length() + " characters", at);
        }
        add(Kind.FLOAT, literal, Double.valueOf(literal), at);
        at = end;
    }

    private void integer(int whole) {
        int base = switch (Character.toLowerCase(charAt(at + 1))) {
            case 'x' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> 10;
        };
        int from = at;
        int end = whole;
        if (source.charAt(at) == '0' && base != 10) {
            int start = charAt(at + 2) == '_' ? at + 3 : at + 2;
            end = digits(start, base);
            from = start;
        } else {
            base = 10;
        }
        if (source.charAt(at) == '0' && base == 10) {
            for (int i = at; i < end; i++) {
                // 00 is zero, 01 is none.
                end = source.charAt(i) == '0' || source.charAt(i) == '_' ? end : i;
            }
        }
        String literal = source.substring(from, end).replace("_", "");
        if (literal.isEmpty() || literal.length() > Budget.MAX_DIGITS) {
            throw error("a number of " + literal.length() + " digits", at);
        }
        add(Kind.INTEGER, literal, Numbers.normal(new BigInteger(literal, base)), at);
        at = end;
    }

    /** The end of digits that may have single underscores between them. */
    private int digits(int from, int base) {
        int end = from;
        while (isDigit(end, base) || end > from && charAt(end) == '_' && isDigit(end + 1, base)) {
            end++;
        }
        return end;
    }

    private boolean isDigit(int index, int base) {
        char c = charAt(index);
        return c < 128 && Character.digit(c, base) >= 0;
    }

    private void text(char quote) {
        int end = at + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw error("a text without an end", at);
        }
        try {
            add(Kind.TEXT, "", Escapes.decode(source.substring(at + 1, end)), at);
        } catch (Failure e) {
            throw error(e.getMessage(), at);
        }
        at = end + 1;
    }

    private int skipSpace(int from) {
        int i = from;
        while (i < source.length() && Chars.isSpace(source.charAt(i))) {
            i++;
        }
        return i;
    }

    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : '\0';
    }

    private void add(Kind kind, String text, Object value, int index) {
        tokens.add(new Token(kind, text, value, lineOf(index)));
    }

    private int lineOf(int index) {
        for (; lineAt < index; lineAt++) {
            line += source.charAt(lineAt) == '\n' ? 1 : 0;
        }
        return line;
    }

    private JinjaException error(String what, int index) {
        return new JinjaException("line " + lineOf(index) + ": " + what, false);
    }
}
