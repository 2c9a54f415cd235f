package io.github.mamba4j.engine.chat.jinja;

/**
 * A piece of a template's source.
 *
 * @param kind what it is
 * @param text the name, the operator, or the text that is printed
 * @param value what a literal stands for
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, Object value, int line) {
    /** Kinds of tokens. */
    enum Kind {
        DATA("text"), PRINT_BEGIN("{{"), PRINT_END("}}"), TAG_BEGIN("{%"), TAG_END("%}"), NAME("a name"), TEXT(
                "a text"), INTEGER("an integer"), FLOAT("a number"), OPERATOR("an operator"), END("the end");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        String shown() {
            return shown;
        }
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }

    boolean isOperator(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    /** For messages. */
    String shown() {
        return switch (kind) {
            case NAME, OPERATOR -> "'" + text + "'";
            case TEXT, INTEGER, FLOAT, DATA, PRINT_BEGIN, PRINT_END, TAG_BEGIN, TAG_END, END -> kind.shown();
        };
    }
}
