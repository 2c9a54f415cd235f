package io.github.mamba4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.chat.ChatTemplate;
import io.github.mamba4j.engine.chat.ChatTemplateException;
import io.github.mamba4j.engine.chat.Conversation;
import io.github.mamba4j.engine.chat.TemplateOptions;
import io.github.mamba4j.engine.constrain.Constraint;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code mamba chat}: a conversation. */
@Command(name = "chat", description = {
        "Converses.", "Each message is answered as it comes, and only its own text is read: "
                + "what was said before is in the model's state.",
        "Messages are written as the checkpoint's chat template says. Without one the model just goes on with the text: "
                + "you write the beginning of a story, it continues, you continue that.",
        "A message over several lines: end a line with \\, or put \"\"\" before and after it. Commands are /help, /save "
                + "FILE, /load FILE, /undo, /reset and /exit. Ctrl-C ends an answer, Ctrl-D the conversation.",
        "Without a terminal each line of standard input is a message, and standard output has the answers."}, footerHeading = "%nExamples:%n", footer = {
                "  mamba chat", "  mamba chat --model my-chat-model --system 'Answer briefly.' --temperature 0.3",
                "  echo 'Once upon a time' | mamba chat --seed 7"})
final class ChatCommand implements Callable<Integer> {
    private final Io io;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelArguments model;

    @Option(names = "--system", paramLabel = "TEXT", description = "Instructions that come before the conversation.")
    private String system;

    @Option(names = "--template-variable", paramLabel = "NAME=JSON", description = "A variable for the chat template, "
            + "such as enable_thinking=false or tools='[...]'. Can be given several times.")
    private Map<String, String> variables = Map.of();

    @Option(names = "--history", paramLabel = "FILE", description = "Keep the lines that are typed on a terminal "
            + "in this file, and call earlier ones back with the arrow keys. Default: forget them at the end.")
    private Path history;

    @ArgGroup(heading = "%nWhat each answer must look like:%n")
    private ConstraintArguments shape = new ConstraintArguments();

    @Mixin
    private SamplingArguments sampling;

    ChatCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        Optional<Constraint> constraint = shape.read(spec, io);
        TemplateOptions given = templateOptions();
        if (history != null) {
            OutputFiles.check(history);
        }
        try (MambaModel loaded = model.load(Long.MAX_VALUE);
                HfTokenizer tokenizer = model.tokenizer(loaded.files());
                TextGenerator generator = TextGenerator.builder(loaded).tokenizer(tokenizer).build();
                ChatConsole console = ChatConsole.open(io, Optional.ofNullable(history))) {
            ChatTemplate template = ChatTemplate.of(loaded.files());
            if (!variables.isEmpty() && template.equals(ChatTemplate.plain())) {
                throw new ChatTemplateException("the model has no chat template, and so no place for variables");
            }
            var conversation = new Conversation(loaded, generator, template, Optional.ofNullable(system), given);
            GenerationOptions sampled = sampling.over(generator);
            var compiler = new ConstraintCompiler(generator.tokenizer());
            GenerationOptions options = constraint.map(c -> compiler.constraint(c, sampled)).orElse(sampled);
            return new ChatLoop(conversation, options, console, io).run();
        }
    }

    private TemplateOptions templateOptions() {
        TemplateOptions.Builder options = TemplateOptions.builder();
        variables.forEach((name, json) -> {
            try {
                options.variable(name, Json.value(Json.parse(json)));
            } catch (JsonProcessingException e) {
                throw new ParameterException(spec.commandLine(), "--template-variable " + name
                        + ": expected JSON such as true, 7 or '\"text\"', found '" + json + "'", e);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--template-variable " + name
                        + ": expected another name", e);
            }
        });
        return options.build();
    }
}
