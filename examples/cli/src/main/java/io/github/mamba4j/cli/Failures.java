package io.github.mamba4j.cli;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into one line on standard error and an exit code. */
final class Failures {
    /** The exit code of a failure. */
    static final int FAILURE = 1;

    /** The exit code of a text that was cut before it fitted what it must look like. */
    static final int INCOMPLETE = 3;

    private static final int USAGE = 2;
    private static final Pattern LEADING_NAME = Pattern.compile("^([a-z][A-Za-z]*):");
    /** Options whose names are not those of the library. */
    private static final Map<String, String> OPTIONS = Map.of("bannedTokens", "--suppress-tokens", "badWords",
            "--bad-word",
            "maxLength", "--max-new-tokens");
    private static final Pattern UPPER_CASE = Pattern.compile("[A-Z]");

    private Failures() {}

    /**
     * Reports a failure. A reader that has closed the pipe is none, and nothing is said about it.
     *
     * @param failure what was thrown
     * @param io where to report
     * @param verbose whether to add the stack trace
     * @return the exit code
     */
    static int report(Throwable failure, Io io, boolean verbose) {
        if (failure instanceof OutputException e && e.isClosedPipe()) {
            return 0;
        }
        if (failure instanceof ParameterException e) {
            return reportUsage(e, io, verbose);
        }
        print(message(failure), failure, io, verbose);
        return FAILURE;
    }

    /**
     * Reports a command line that is not understood.
     *
     * @param failure what was thrown
     * @param io where to report
     * @param verbose whether to add the stack trace
     * @return the exit code
     */
    static int reportUsage(ParameterException failure, Io io, boolean verbose) {
        String help = failure.getCommandLine().getCommandSpec().qualifiedName() + " --help";
        print(failure.getMessage().replaceFirst("^Error: ", "") + suggestion(failure) + " (see '" + help + "')",
                failure,
                io, verbose);
        return USAGE;
    }

    /** What an unknown option or command may have been meant to be. */
    private static String suggestion(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        List<String> suggestions = unmatched.getSuggestions();
        return suggestions.isEmpty()
                ? ""
                : "; did you mean " + suggestions.stream().limit(3).map(s -> "'" + s.replaceFirst("^.* ", "") + "'")
                        .collect(Collectors.joining(" or ")) + "?";
    }

    /**
     * A usage error made of the library's refusal of a value, which names the value as Java does.
     *
     * @param command the command whose option it is
     * @param refusal for instance {@code maxNewTokens: expected 0 or more, found -1}
     * @return the same with the option's name
     */
    static ParameterException usage(CommandSpec command, IllegalArgumentException refusal) {
        Matcher name = LEADING_NAME.matcher(refusal.getMessage());
        String message = name
                .replaceFirst(
                        m -> OPTIONS
                                .containsKey(m.group(1))
                                        ? OPTIONS.get(m.group(1)) + ":"
                                        : "--" + UPPER_CASE.matcher(m.group(1))
                                                .replaceAll(letter -> "-" + letter.group().toLowerCase(Locale.ROOT))
                                                + ":");
        return new ParameterException(command.commandLine(), message, refusal);
    }

    /**
     * Whether the library's refusal of a value names an option of the command line.
     *
     * @param refusal what the library has thrown
     * @return false if the value comes from elsewhere, such as a file
     */
    static boolean isOfOption(IllegalArgumentException refusal) {
        return LEADING_NAME.matcher(refusal.getMessage()).find();
    }

    /**
     * The refusal of a value under the name that JSON has for it.
     *
     * @param refusal for instance {@code maxNewTokens: expected 0 or more, found -1}
     * @return the same with {@code max_new_tokens}
     */
    static IllegalArgumentException snakeCase(IllegalArgumentException refusal) {
        String message = LEADING_NAME.matcher(refusal.getMessage()).replaceFirst(m -> UPPER_CASE.matcher(m.group(1))
                .replaceAll(letter -> "_" + letter.group().toLowerCase(Locale.ROOT)) + ":");
        return new IllegalArgumentException(message, refusal);
    }

    /**
     * Says what went wrong with a part of the work, while the rest goes on.
     *
     * @param message what went wrong
     * @param io where to say it
     */
    static void say(String message, Io io) {
        line("error", message, io);
    }

    /**
     * Says what a person should know, though it is no failure.
     *
     * @param message what there is to know
     * @param io where to say it
     */
    static void warn(String message, Io io) {
        line("warning", message, io);
    }

    private static void line(String kind, String message, Io io) {
        // A file's name or a tensor's may hold anything; a message is one line all the same.
        String line = message.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
        io.err().println("mamba: " + kind + ": " + line);
    }

    private static void print(String message, Throwable failure, Io io, boolean verbose) {
        say(message, io);
        if (verbose) {
            failure.printStackTrace(io.err());
        }
    }

    /**
     * What went wrong, for people.
     *
     * @param failure what was thrown
     * @return a text that names the file, if it is about one
     */
    static String message(Throwable failure) {
        return switch (failure) {
            case NoSuchFileException e -> e.getFile() + ": there is no such file or folder";
            case AccessDeniedException e -> e.getFile() + ": access is not allowed";
            case FileSystemException e when e.getReason() == null -> e.getFile() + ": cannot be read";
            case UncheckedIOException e -> message(e.getCause());
            case OutOfMemoryError e -> "out of memory (" + e.getMessage()
                    + "); more is given by MAMBA_JAVA_OPTS, for instance -Xmx8g";
            case StackOverflowError e -> "the stack is full; more is given by MAMBA_JAVA_OPTS, for instance -Xss4m";
            case InternalError e -> "Java failed inside, perhaps because a file was shortened while it was in use: "
                    + e.getMessage();
            case Throwable e when e.getMessage() == null || e.getMessage().isBlank() -> e.getClass().getName();
            default -> failure.getMessage();
        };
    }
}
