package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.util.List;

/**
 * What a generated text must look like: a regular expression or a JSON schema. Compiled against a tokenizer it restricts
 * generation token by token, so that the text always fits when generation comes to its end.
 *
 * <p>
 * {@snippet :
 * Constraint.jsonSchema("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"required\":[\"city\"]}")
 *         .compile(tokenizer);
 * }
 *
 * <p>
 * Compiling and running take bounded time and memory, whatever the pattern or schema. Of one text at most 1024 readings are
 * followed at once; where an expression or a schema is more ambiguous than that, some of its texts are given up, but never
 * is one allowed that does not fit.
 *
 * <p>
 * Immutable and thread-safe. Making one is the expensive part; keep it.
 */
public final class Constraint {

    /** The depth is well below what JSON parsers accept, and the readings above what any but a contrived text has. */
    private static final Machine.Limits LIMITS = new Machine.Limits(128, 1024, 64L << 20);

    private final Machine machine;
    private final List<String> warnings;

    private Constraint(Machine machine, List<String> warnings) {
        this.machine = machine;
        this.warnings = warnings;
    }

    /**
     * The texts that match a regular expression as a whole.
     *
     * <p>
     * The dialect: characters; {@code .} (any but newline); {@code \d \w \s \D \W \S} (ASCII); {@code \n \r \t \f},
     * <code>\xHH \x{H..} &#92;uHHHH &#92;u{H..}</code>; a backslash before punctuation; classes {@code [a-z_]} and
     * {@code [^...]}; groups {@code (...)} and {@code (?:...)}; {@code |}; the quantifiers
     * <code>? * + {m} {m,} {,n} {m,n}</code>, a {@code ?} behind which changes nothing. {@code ^} and {@code $} may stand at the
     * borders of the expression and of its top-level alternatives. Characters are Unicode code points, written as UTF-8.
     * Refused: backreferences, lookaround, word boundaries, possessive quantifiers, atomic and named groups, flags,
     * property classes and operations inside classes.
     *
     * @param pattern the expression
     * @return the constraint
     * @throws IllegalArgumentException if this is not of the dialect (the message names the position), is too large when
     *             its counted repetitions are written out, or matches nothing
     */
    public static Constraint regex(String pattern) {
        Regex regex = RegexParser.parse(SchemaText.checked("the regular expression", pattern));
        Network network = new Network();
        int rule = network.rule();
        network.free(new RegexEmitter(network, Encoding.TEXT).emit(network.start(rule), regex), network.end(rule));
        return new Constraint(new Machine(network, rule, LIMITS), List.of());
    }

    /**
     * JSON texts that satisfy a schema.
     *
     * <p>
     * Supported are {@code true} and {@code false} as schemas, {@code type} (also a list), {@code enum}, {@code const},
     * {@code anyOf}, {@code oneOf} (of schemas that exclude each other), {@code allOf}, {@code $ref} within the schema, also
     * recursive; {@code properties}, {@code required}, {@code additionalProperties}; {@code items}, {@code prefixItems},
     * {@code minItems}, {@code maxItems}, {@code uniqueItems} (of items that {@code enum} or {@code const} list);
     * {@code minLength}, {@code maxLength}, {@code pattern} (in the dialect of {@link #regex}, found anywhere in the string
     * unless anchored), {@code format} (date, time, date-time, uuid, email, ipv4, ipv6, uri; int32, int64, float and
     * double of numbers; others are refused); {@code minimum}, {@code maximum} and their exclusive forms,
     * {@code multipleOf} (of few digits); OpenAPI's {@code nullable} beside {@code type}. They may stand side by side, and
     * all hold. Without {@code type}, a schema means the types that its keywords speak of. Other keywords that decide what
     * is valid are refused by name; annotations are ignored, and what is neither is told by {@link #warnings()}.
     *
     * <p>
     * What is written is a part of what the schema allows: the declared properties in their order, each at most once and
     * no others, unless none is declared; one optional blank behind {@code ,} and {@code :} and no other white space; each
     * character of a string in its shortest form; whole numbers of at most 18 digits, or up to 100 where a bound has as
     * many; other numbers with at most 15 digits before and behind the point and a short exponent, or none if they have
     * bounds; unique items out of more than seven in the order of their list; at most 128 levels of nesting.
     *
     * @param schema the schema, as JSON
     * @return the constraint
     * @throws IllegalArgumentException if this is not JSON, not a supported schema (the message names the place and the
     *             keyword), too large, or if no text satisfies it
     */
    public static Constraint jsonSchema(String schema) {
        Network network = new Network();
        SchemaCompiler.Compiled compiled = SchemaCompiler.compile(network, schema);
        return new Constraint(new Machine(network, compiled.rule(), LIMITS), compiled.warnings());
    }

    /**
     * What a schema says that was left out of account: keywords that nobody knows, and that may be misspelled.
     *
     * @return a message for each, which names the place; mostly none
     */
    public List<String> warnings() {
        return warnings;
    }

    /**
     * Any JSON value, written as {@link #jsonSchema} says.
     *
     * @return the constraint
     */
    public static Constraint json() {
        return jsonSchema("true");
    }

    /**
     * The constraint for the tokens of a tokenizer. Special tokens are never allowed, but for those that end the text.
     *
     * @param tokenizer the tokenizer of the model
     * @return the compiled constraint, which may be shared by any number of sequences
     * @throws IllegalArgumentException if no token can begin a text that this allows
     */
    public CompiledConstraint compile(Tokenizer tokenizer) {
        byte[][] vocabulary = new byte[tokenizer.vocabSize()][];
        for (int id = 0; id < vocabulary.length; id++) {
            vocabulary[id] = tokenizer.isSpecial(id) ? new byte[0] : tokenizer.tokenBytes(id);
        }
        return compile(vocabulary);
    }

    /** The constraint for tokens with these bytes; no bytes for a token that is no text. */
    CompiledConstraint compile(byte[][] vocabulary) {
        return new CompiledConstraint(machine, vocabulary);
    }

    /** The automaton, for tests that look at bytes. */
    Machine machine() {
        return machine;
    }
}
