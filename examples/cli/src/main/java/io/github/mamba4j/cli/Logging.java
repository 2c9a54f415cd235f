package io.github.mamba4j.cli;

/** How much libraries log to standard error; {@code simplelogger.properties} says what is shown if nobody asks. */
final class Logging {
    private static final String LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";
    private static final String DJL_LEVEL = "org.slf4j.simpleLogger.log.ai.djl";

    private Logging() {}

    /**
     * Must be called before anything logs, for the logger reads its properties once.
     *
     * @param verbose whether to show debugging messages
     */
    static void setUp(boolean verbose) {
        if (verbose) {
            System.setProperty(LEVEL, "debug");
            System.setProperty(DJL_LEVEL, "debug");
        }
    }
}
