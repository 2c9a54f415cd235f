package io.github.mamba4j.cli;

import io.github.mamba4j.engine.generate.BeamOptions;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationOptionsBuilder;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say how a text is generated. What is not given stays as the checkpoint recommends it. */
final class SamplingArguments {
    @Spec(Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--max-new-tokens", paramLabel = "N", description = "How many tokens to generate at most. Default: 200.")
    private Integer maxNewTokens;

    @Option(names = "--min-new-tokens", paramLabel = "N", description = "Go on until there are so many tokens. Default: 0.")
    private Integer minNewTokens;

    @Option(names = "--temperature", paramLabel = "T", description = "0 takes the most likely token always; larger "
            + "values take more chances. Default: 0.8.")
    private Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Consider the K most likely tokens; 0 is all. Default: 0.")
    private Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Consider the most likely tokens that together have probability P. Default: 0.95.")
    private Double topP;

    @Option(names = "--min-p", paramLabel = "P", description = "Consider tokens at least P times as likely as the most likely one. Default: 0.")
    private Double minP;

    @Option(names = "--typical-p", paramLabel = "P", description = "Consider the tokens of the most usual information that together have probability P. Default: 1.")
    private Double typicalP;

    @Option(names = "--epsilon-cutoff", paramLabel = "P", description = "Consider tokens of at least this probability. Default: 0.")
    private Double epsilonCutoff;

    @Option(names = "--eta-cutoff", paramLabel = "P", description = "The same, but of less where the model is unsure. Default: 0.")
    private Double etaCutoff;

    @Option(names = "--repetition-penalty", paramLabel = "R", description = "Above 1, make tokens that occurred before less likely. Default: 1.")
    private Double repetitionPenalty;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "Subtract this from the logit of every generated token. Default: 0.")
    private Double presencePenalty;

    @Option(names = "--frequency-penalty", paramLabel = "X", description = "Subtract this for each time it was generated. Default: 0.")
    private Double frequencyPenalty;

    @Option(names = "--no-repeat-ngram", paramLabel = "N", description = "Let no N tokens in a row occur twice. Default: 0, any may.")
    private Integer noRepeatNgram;

    @Option(names = "--suppress-tokens", paramLabel = "ID", split = "\\s*,\\s*", splitSynopsisLabel = ",", description = "Never choose these tokens.")
    private Integer[] suppressTokens;

    @Option(names = "--logit-bias", paramLabel = "ID=X", split = "\\s*,\\s*", splitSynopsisLabel = ",", description = "Add to the logits of these tokens.")
    private Map<Integer, Float> logitBias;

    @Option(names = "--bad-word", paramLabel = "TEXT", description = "Never write the tokens of this text in a row, as "
            + "'mamba tokenize' has them: a word within a sentence begins with a blank. May be given several times.")
    private List<String> badWords;

    @Option(names = "--num-beams", paramLabel = "N", description = "Look for the most likely text with N beams, which comes "
            + "as a whole; without sampling. Default: 1, token by token.")
    private Integer numBeams;

    @Option(names = "--length-penalty", paramLabel = "X", description = "With --num-beams: above 0 prefer longer texts, below 0 shorter ones. Default: 1.")
    private Double lengthPenalty;

    @Option(names = "--seed", paramLabel = "N", description = "Get the same text each time. Default: another text each time.")
    private Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text. May be given several times.")
    private List<String> stop;

    @Option(names = "--ignore-eos", description = "Go on after tokens that end a text.")
    private boolean ignoreEos;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "End the text after this time. Default: never.")
    private Double timeout;

    @Option(names = "--close", description = "With --regex or --json-schema: give a text that fits in any case. Refuse a "
            + "--max-new-tokens that is too small for the shortest one, and complete it when its time is over.")
    private boolean close;

    /**
     * The options for the library.
     *
     * @param generator knows what the checkpoint recommends, and its tokenizer
     * @return the recommended options, with what was given on the command line in their place
     * @throws IllegalArgumentException if the checkpoint recommends what is impossible, and nothing else was given
     */
    GenerationOptions over(TextGenerator generator) {
        GenerationOptionsBuilder builder = generator.optionsBuilder();
        try {
            set(maxNewTokens, builder::maxNewTokens);
            set(minNewTokens, builder::minNewTokens);
            set(temperature, builder::temperature);
            set(topK, builder::topK);
            set(topP, builder::topP);
            set(minP, builder::minP);
            set(typicalP, builder::typicalP);
            set(epsilonCutoff, builder::epsilonCutoff);
            set(etaCutoff, builder::etaCutoff);
            set(repetitionPenalty, builder::repetitionPenalty);
            set(presencePenalty, builder::presencePenalty);
            set(frequencyPenalty, builder::frequencyPenalty);
            set(noRepeatNgram, builder::noRepeatNgram);
            set(suppressTokens, ids -> builder.bannedTokens(new HashSet<>(Arrays.asList(ids))));
            set(logitBias, builder::logitBias);
            set(badWords, words -> builder.badWords(words.stream().map(word -> tokens(word, generator)).toList()));
            set(numBeams, n -> beams(n, builder));
            set(seed, builder::seed);
            set(stop, builder::stop);
            set(ignoreEos ? true : null, builder::ignoreEos);
            builder.closeWhenCut(close);
            set(timeout, seconds -> builder.timeout(Duration.ofNanos((long) (1e9 * seconds))));
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw Failures.isOfOption(e) ? Failures.usage(command, e) : e;
        }
    }

    private void beams(int n, GenerationOptionsBuilder builder) {
        if (n == 1) {
            builder.noBeams();
        } else {
            builder.beams(new BeamOptions(n, lengthPenalty == null ? 1 : lengthPenalty, false));
        }
    }

    private static List<Integer> tokens(String word, TextGenerator generator) {
        Tokenizer tokenizer = generator.tokenizer().orElseThrow(() -> new IllegalArgumentException(
                "badWord: the checkpoint has no tokenizer: name one with --tokenizer"));
        if (word.isEmpty()) {
            throw new IllegalArgumentException("badWord: expected a text, found an empty one");
        }
        return Arrays.stream(tokenizer.encode(word, false)).boxed().toList();
    }

    /**
     * About how many tokens will be generated.
     *
     * @return the bound given, or the usual one
     */
    long maxNewTokens() {
        return maxNewTokens == null ? GenerationOptions.defaults().maxNewTokens() : maxNewTokens;
    }

    private static <T> void set(T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }
}
