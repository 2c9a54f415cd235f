package io.github.mamba4j.engine.chat;

/**
 * Prepares the source of a template for the library, in one way through it:
 * <ul>
 * <li>White space is settled here by Jinja's rules, with {@code trim_blocks} and {@code lstrip_blocks}, which the library
 * has its own idea of: {@code -} at the inner side of a tag takes all white space beside it away, a line end directly
 * after a block or comment goes, and so does the space from the beginning of a line up to one, unless there is a
 * {@code +}.
 * <li>Comments are left out.
 * <li>What takes too long to parse is refused: the library reads an expression again for each bracket around it, in time
 * that grows with the square of its length.
 * </ul>
 */
final class JinjaSource {
    /** The longest template, in chars. */
    static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_TAG_LENGTH = 1 << 14;
    private static final int MAX_BRACKETS = 32;

    private final String source;
    private final StringBuilder out = new StringBuilder();
    /** Whether the last tag takes all white space after it. */
    private boolean stripNext;
    /** Whether the last tag takes a line end after it. */
    private boolean trimNext;

    private JinjaSource(String source) {
        this.source = source;
    }

    /** The source with all white space as it is to be written. */
    static String prepared(String source) {
        if (source.length() > MAX_LENGTH) {
            throw new ChatTemplateException("the chat template has " + source.length()
                    + " characters, expected at most " + MAX_LENGTH);
        }
        String lines = source.replace("\r\n", "\n");
        // Jinja drops the last line end of a file.
        return new JinjaSource(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines).run();
    }

    private String run() {
        int from = 0;
        for (int tag = nextTag(0); tag >= 0; tag = nextTag(from)) {
            int end = endOfTag(tag);
            text(from, tag);
            tag(tag, end);
            from = end;
        }
        text(from, source.length());
        return out.toString();
    }

    /** Writes the text before a tag or the end. */
    private void text(int from, int to) {
        int start = from;
        while (stripNext && start < to && Character.isWhitespace(source.charAt(start))) {
            start++;
        }
        if (!stripNext && trimNext && start < to && source.charAt(start) == '\n') {
            start++;
        }
        int end = to;
        if (to < source.length()) {
            char mark = to + 2 < source.length() ? source.charAt(to + 2) : ' ';
            if (mark == '-') {
                while (end > start && Character.isWhitespace(source.charAt(end - 1))) {
                    end--;
                }
            } else if (source.charAt(to + 1) != '{' && mark != '+') {
                end = withoutIndent(start, end);
            }
        }
        out.append(source, start, end);
    }

    /** The end of a text without the space between the beginning of the line and the block that follows. */
    private int withoutIndent(int start, int end) {
        int line = end;
        while (line > start && (source.charAt(line - 1) == ' ' || source.charAt(line - 1) == '\t')) {
            line--;
        }
        return line == 0 || source.charAt(line - 1) == '\n' ? line : end;
    }

    /** Writes a tag without its marks for white space. */
    private void tag(int start, int end) {
        int from = start + 2;
        int to = end - 2;
        if (from < to && (source.charAt(from) == '-' || source.charAt(from) == '+')) {
            from++;
        }
        char mark = from < to ? source.charAt(to - 1) : ' ';
        stripNext = mark == '-';
        trimNext = source.charAt(start + 1) != '{' && mark != '+';
        if (source.charAt(start + 1) != '#') {
            String code = source.substring(from, mark == '-' || mark == '+' ? to - 1 : to);
            out.append(source, start, start + 2).append(' ').append(NamedArguments.bracketed(code)).append(' ')
                    .append(source, end - 2, end);
        }
    }

    private int nextTag(int from) {
        for (int at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
            if (source.startsWith("{{", at) || source.startsWith("{%", at) || source.startsWith("{#", at)) {
                return at;
            }
        }
        return -1;
    }

    private int endOfTag(int start) {
        String end = switch (source.charAt(start + 1)) {
            case '{' -> "}}";
            case '%' -> "%}";
            default -> "#}";
        };
        int at = end.equals("#}") ? source.indexOf(end, start + 2) : endOfCode(start + 2, end);
        if (at < 0) {
            throw new ChatTemplateException("the chat template has a tag without an end");
        }
        return at + 2;
    }

    /** Where a tag's code ends, or -1; brackets and ends in quotes do not count. */
    private int endOfCode(int start, String end) {
        int depth = 0;
        char quote = 0;
        for (int i = start; i < source.length(); i++) {
            char c = source.charAt(i);
            if (quote != 0) {
                i += c == '\\' ? 1 : 0;
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (depth <= 0 && source.startsWith(end, i)) {
                return i;
            } else if (c == '(' || c == '[' || c == '{') {
                depth++;
            } else if (c == ')' || c == ']' || c == '}') {
                depth--;
            }
            if (depth > MAX_BRACKETS || i - start > MAX_TAG_LENGTH) {
                throw new ChatTemplateException("the chat template has a tag of more than " + MAX_TAG_LENGTH
                        + " characters, or brackets within more than " + MAX_BRACKETS + " brackets");
            }
        }
        return -1;
    }
}
