package io.github.mamba4j.engine.chat;

/** What a template throws by {@code raise_exception}. Public only because the Jinja library calls it. */
public final class JinjaRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private JinjaRefusal(String message) {
        super(message);
    }

    /**
     * The template function {@code raise_exception}.
     *
     * @param message why the template refuses the messages
     * @return nothing ever
     * @throws JinjaRefusal always
     */
    public static Object raise(Object message) {
        throw new JinjaRefusal(String.valueOf(message));
    }
}
