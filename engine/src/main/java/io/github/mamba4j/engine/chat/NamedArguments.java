package io.github.mamba4j.engine.chat;

/**
 * Puts the values of named arguments in brackets, {@code f(a=b + c)} becoming {@code f(a=(b + c))}: the library takes
 * {@code =} for an operator that binds tighter than all others.
 */
final class NamedArguments {
    private final String code;
    private final StringBuilder out = new StringBuilder();
    private int at;

    private NamedArguments(String code) {
        this.code = code;
    }

    /** The code of a tag with the values of all named arguments in brackets. */
    static String bracketed(String code) {
        // The parameters of a macro have a grammar of their own.
        if (code.indexOf('=') < 0 || code.stripLeading().startsWith("macro")) {
            return code;
        }
        var arguments = new NamedArguments(code);
        arguments.list(false);
        return arguments.out.toString();
    }

    /** Copies up to the bracket that closes this list; nested lists by themselves. Depth is bounded by the source's. */
    private void list(boolean inBrackets) {
        boolean named = false;
        for (; at < code.length(); at++) {
            char c = code.charAt(at);
            boolean closes = c == ')' || c == ']' || c == '}';
            if (named && (c == ',' || closes)) {
                out.append(')');
                named = false;
            }
            if (closes && inBrackets) {
                return;
            }
            out.append(c);
            if (c == '\'' || c == '"') {
                quoted(c);
            } else if (c == '(' || c == '[' || c == '{') {
                at++;
                list(true);
                out.append(at < code.length() ? code.substring(at, at + 1) : "");
            } else if (inBrackets && !named && isAssignment()) {
                out.append('(');
                named = true;
            }
        }
    }

    private boolean isAssignment() {
        return code.charAt(at) == '=' && "=!<>".indexOf(code.charAt(at - 1)) < 0
                && (at + 1 == code.length() || code.charAt(at + 1) != '=');
    }

    private void quoted(char quote) {
        for (at++; at < code.length(); at++) {
            char c = code.charAt(at);
            out.append(c);
            if (c == '\\' && at + 1 < code.length()) {
                out.append(code.charAt(++at));
            } else if (c == quote) {
                return;
            }
        }
    }
}
