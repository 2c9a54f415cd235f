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
    @Option(names = "--regex", paramLabel = "PATTERN", required = true, description = {
            "Generate a text that matches this regular expression from its first character to its last.",
            "It may have: . \\d \\w \\s [a-z] [^a-z] (...) (?:...) | ? * + {m,n} and escapes; no lookaround, "
                    + "backreferences, \\b, flags or \\p{..}."})
    private String regex;

    @Option(names = "--json-schema", paramLabel = "FILE|JSON", required = true, description = {
            "Generate JSON that satisfies the schema in this file, or the schema itself, if it begins with {.",
            "It may have: type, enum, const, anyOf, oneOf, allOf, $ref within it; properties, required, "
                    + "additionalProperties; items, prefixItems, minItems, maxItems, uniqueItems; minLength, maxLength, "
                    + "pattern, format (date, time, date-time, uuid, email, ipv4, ipv6, uri); minimum, maximum, their "
                    + "exclusive forms, multipleOf. What else decides what is valid is refused by name."})
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
        boolean inline = schemaFile.stripLeading().startsWith("{");
        String schema = inline ? schemaFile : TextFiles.read(schemaFile, io);
        String name = inline ? "--json-schema" : TextFiles.label(schemaFile);
        try {
            Constraint constraint = Constraint.jsonSchema(schema);
            constraint.warnings().forEach(warning -> Failures.warn(name + ": " + warning, io));
            return Optional.of(constraint);
        } catch (IllegalArgumentException e) {
            throw new IOException(name + reason(e), e);
        }
    }

    private static String reason(IllegalArgumentException refusal) {
        return refusal.getCause() instanceof JsonProcessingException e
                ? ", line " + e.getLocation().getLineNr() + ": " + Json.problem(e)
                : ": " + refusal.getMessage();
    }
}
