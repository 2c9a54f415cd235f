package io.github.mamba4j.engine.chat.jinja;

/**
 * A text that counts as escaped already: what {@code safe} and {@code escape} give. It behaves as a text, but whatever is
 * added to it is escaped.
 *
 * @param text the text
 */
record Markup(String text) {
    /** Escapes what means something in HTML. */
    static Markup escape(Object value, String text, Budget budget) {
        if (value instanceof Markup markup) {
            return markup;
        }
        budget.examine(text.length());
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&#34;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append(c);
            }
        }
        budget.text(escaped.length());
        return new Markup(escaped.toString());
    }
}
