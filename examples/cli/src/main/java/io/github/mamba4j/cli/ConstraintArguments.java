package io.github.mamba4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.mamba4j.engine.constrain.Constraint;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say what a generated text must look like. At most one of them is given. */
final class ConstraintArguments {
    @Option(names = "--regex", paramLabel = "PATTERN", required = true, description = "Generate a text that matches this "
            + "regular expression from its first character to its last.")
    private String regex;

    @Option(names = "--json-schema", paramLabel = "FILE", required = true, description = "Generate JSON that satisfies the "
            + "schema in this file.")
    private String schemaFile;

    /**
     * Reads and checks what was given. This needs no model, and is done before one is loaded.
     *
     * @param command the command whose options these are
     * @param io has the standard input
     * @return the constraint; empty if any text will do
     * @throws IOException naming the file, if the schema cannot be read or is none
     * @throws ParameterException if the pattern is none
     */
    Optional<Constraint> read(CommandSpec command, Io io) throws IOException {
        if (regex != null) {
            try {
                return Optional.of(Constraint.regex(regex));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(command.commandLine(), "--regex: " + e.getMessage(), e);
            }
        }
        if (schemaFile == null) {
            return Optional.empty();
        }
        String schema = TextFiles.read(schemaFile, io);
        try {
            return Optional.of(Constraint.jsonSchema(schema));
        } catch (IllegalArgumentException e) {
            throw new IOException(TextFiles.label(schemaFile) + reason(e), e);
        }
    }

    private static String reason(IllegalArgumentException refusal) {
        return refusal.getCause() instanceof JsonProcessingException e
                ? ", line " + e.getLocation().getLineNr() + ": " + Json.problem(e)
                : ": " + refusal.getMessage();
    }
}
