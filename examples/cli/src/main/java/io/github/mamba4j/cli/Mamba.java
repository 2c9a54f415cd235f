package io.github.mamba4j.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The program: its commands, and how they end. Results go to standard output and everything else to standard error; a
 * failure is one line there. This is the only class that ends the JVM.
 */
@Command(name = "mamba", scope = ScopeType.INHERIT, mixinStandardHelpOptions = true, versionProvider = Version.class, synopsisSubcommandLabel = "COMMAND", usageHelpAutoWidth = true, sortOptions = false, showDefaultValues = true, exitCodeListHeading = "%nExit codes:%n", exitCodeList = {
        "0:success", "1:failure, with one line on standard error that says why",
        "2:the command line is not understood",
        "3:the text was cut before it fitted --regex or --json-schema", "130:stopped by Ctrl-C"})
final class Mamba implements Runnable {
    /** The exit code after Ctrl-C, as shells have it. */
    static final int STOPPED = 130;

    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", scope = ScopeType.INHERIT, description = "Log more, and show where in the program an error arose.")
    private boolean verbose;

    private final Io io;

    private Mamba(Io io) {
        this.io = io;
    }

    /** Where the run reads and writes, for what picocli makes itself. */
    Io io() {
        return io;
    }

    /**
     * Runs the program and ends the JVM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        StandardError.restore();
        System.exit(run(Io.ofProcess(), args));
    }

    /**
     * Runs the program.
     *
     * @param io where it reads and writes
     * @param args the command line
     * @return the exit code: 0 success, 1 failure, 2 a command line that is not understood
     */
    static int run(Io io, String... args) {
        Mamba mamba = new Mamba(io);
        try {
            int code = commandLine(mamba, io).execute(args);
            io.flush();
            return code;
        } catch (OutputException e) {
            return Failures.report(e, io, false);
        } catch (Throwable e) {
            // picocli hands exceptions to its handler, but not errors such as that of a full heap.
            return Failures.report(e, io, mamba.verbose);
        }
    }

    private static CommandLine commandLine(Mamba mamba, Io io) {
        CommandLine line = new CommandLine(mamba);
        line.addSubcommand(new GenerateCommand(io));
        line.addSubcommand(new ChatCommand(io));
        line.addSubcommand(new ScoreCommand(io));
        line.addSubcommand(new EmbedCommand(io));
        line.addSubcommand(new InspectCommand(io));
        line.addSubcommand(new TokenizeCommand(io));
        line.addSubcommand(new TemplateCommand(io));
        line.addSubcommand(new InfoCommand(io));
        line.addSubcommand(new DoctorCommand(io));
        line.addSubcommand(new BenchCommand(io));
        line.addSubcommand(new DownloadCommand(io));
        line.addSubcommand(new ListCommand(io));
        line.addSubcommand(new RemoveCommand(io));
        line.addSubcommand(new CommandLine.HelpCommand());
        // After the commands were added, which would inherit it.
        line.getCommandSpec().usageMessage().header("Runs Mamba state-space language models on a CPU.%n");
        line.setOut(io.outPrinter());
        line.setErr(io.err());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A prompt may begin with @, and is no file of arguments then.
        line.setExpandAtFiles(false);
        line.registerConverter(Path.class, Mamba::path);
        line.setExecutionStrategy(parsed -> {
            Logging.setUp(mamba.verbose);
            return new CommandLine.RunLast().execute(parsed);
        });
        line.setParameterExceptionHandler((e, arguments) -> Failures.reportUsage(e, io, mamba.verbose));
        line.setExecutionExceptionHandler((e, command, parsed) -> Failures.report(e, io, mamba.verbose));
        return line;
    }

    /** A script whose variable is not set names no file: the present folder is not meant. */
    private static Path path(String value) {
        if (value.isEmpty()) {
            throw new TypeConversionException("expected a file, found an empty name");
        }
        try {
            return Path.of(value);
        } catch (InvalidPathException e) {
            throw new TypeConversionException("not a path: " + value);
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
