package io.github.mamba4j.cli;

import io.github.mamba4j.engine.generate.GenerationOptions;
import java.util.List;
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

    @Option(names = "--temperature", paramLabel = "T", description = "0 takes the most likely token always; larger "
            + "values take more chances. Default: 0.8.")
    private Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Consider the K most likely tokens; 0 is all. Default: 0.")
    private Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Consider the most likely tokens that together have probability P. Default: 0.95.")
    private Double topP;

    @Option(names = "--min-p", paramLabel = "P", description = "Consider tokens at least P times as likely as the most likely one. Default: 0.")
    private Double minP;

    @Option(names = "--repetition-penalty", paramLabel = "R", description = "Above 1, make tokens that occurred before less likely. Default: 1.")
    private Double repetitionPenalty;

    @Option(names = "--seed", paramLabel = "N", description = "Get the same text each time. Default: another text each time.")
    private Long seed;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text. May be given several times.")
    private List<String> stop;

    @Option(names = "--ignore-eos", description = "Go on after tokens that end a text.")
    private boolean ignoreEos;

    /**
     * The options for the library.
     *
     * @param defaults what the checkpoint recommends
     * @return the same, with what was given on the command line
     */
    GenerationOptions over(GenerationOptions defaults) {
        GenerationOptions.Builder builder = defaults.toBuilder();
        set(maxNewTokens, builder::maxNewTokens);
        set(temperature, builder::temperature);
        set(topK, builder::topK);
        set(topP, builder::topP);
        set(minP, builder::minP);
        set(repetitionPenalty, builder::repetitionPenalty);
        set(seed, builder::seed);
        set(stop, builder::stop);
        set(ignoreEos ? true : null, builder::ignoreEos);
        try {
            return builder.build();
        } catch (IllegalArgumentException e) {
            throw Failures.usage(command, e);
        }
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
