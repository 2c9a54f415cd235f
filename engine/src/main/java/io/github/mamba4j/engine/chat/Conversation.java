package io.github.mamba4j.engine.chat;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.StateFormatException;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.GenerationStream;
import io.github.mamba4j.engine.generate.TextChunk;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A conversation with a model. It keeps a state for each turn, so that a turn costs what its own text costs however long
 * the conversation is, and taking one back is exact and takes no time.
 *
 * <p>For each turn the template writes the whole conversation, and only what is new of it is fed: what comes after the
 * longest text already fed that it begins with. That is the new message, and with templates that write an answer otherwise
 * than the model did (without the space it began with, for instance) the last answer too.
 *
 * <p>Not thread-safe, but for {@link #cancel()}.
 */
public final class Conversation {
    /** States of so many turns are kept; those before are made again from their tokens when they are wanted. */
    private static final int KEPT_TURNS = 32;

    private final MambaModel model;
    private final TextGenerator generator;
    private final Tokenizer tokenizer;
    private final ChatTemplate template;
    private final OptionalInt endOfAnswer;
    private final TemplateOptions templateOptions;
    private Optional<String> system;
    private List<Turn> turns = new ArrayList<>();
    private volatile GenerationStream running;
    private volatile boolean cancelled;

    /**
     * A question and its answer.
     *
     * @param user the question
     * @param answer the answer
     * @param asked the text up to the answer
     * @param answered the text with the answer
     */
    record Turn(String user, String answer, Point asked, Point answered) {
        void dropStates() {
            asked.dropState();
            answered.dropState();
        }
    }

    /**
     * Begins a conversation.
     *
     * @param model the model of the generator
     * @param generator makes the answers; it must have a tokenizer
     * @param template how messages are written
     * @param system instructions that come before the conversation
     * @throws IOException if the model's files cannot be read
     * @throws IllegalArgumentException if the generator has no tokenizer
     */
    public Conversation(MambaModel model, TextGenerator generator, ChatTemplate template, Optional<String> system)
            throws IOException {
        this(model, generator, template, system, TemplateOptions.defaults());
    }

    /**
     * Begins a conversation with tools, documents or other variables for the template.
     *
     * @param model the model of the generator
     * @param generator makes the answers; it must have a tokenizer
     * @param template how messages are written
     * @param system instructions that come before the conversation
     * @param templateOptions what else the template is given at each turn; a generation prompt is always added
     * @throws IOException if the model's files cannot be read
     * @throws IllegalArgumentException if the generator has no tokenizer
     */
    public Conversation(MambaModel model, TextGenerator generator, ChatTemplate template, Optional<String> system,
            TemplateOptions templateOptions) throws IOException {
        this.model = model;
        this.generator = generator;
        this.template = template;
        this.system = system;
        this.templateOptions = templateOptions.toBuilder().addGenerationPrompt(true).build();
        tokenizer = generator.tokenizer().orElseThrow(
                () -> new IllegalArgumentException("the model has no tokenizer, which a conversation takes"));
        endOfAnswer = template.includesSpecialTokens()
                ? specialToken(ChatTemplateReader.eosToken(model.files()))
                : OptionalInt.empty();
    }

    private OptionalInt specialToken(String text) {
        int[] ids = text.isEmpty() ? new int[0] : tokenizer.encode(text, false);
        return ids.length == 1 && tokenizer.isSpecial(ids[0]) ? OptionalInt.of(ids[0]) : OptionalInt.empty();
    }

    /**
     * The conversation so far.
     *
     * @return the messages, oldest first
     */
    public List<ChatMessage> messages() {
        List<ChatMessage> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(ChatMessage.system(text)));
        for (Turn turn : turns) {
            messages.add(ChatMessage.user(turn.user()));
            messages.add(ChatMessage.assistant(turn.answer()));
        }
        return messages;
    }

    /**
     * The number of turns.
     *
     * @return questions with an answer
     */
    public int turns() {
        return turns.size();
    }

    /**
     * How many tokens the state has taken in, and so how long the conversation is for the model.
     *
     * @return the number of tokens
     */
    public long tokensConsumed() {
        return last().consumed();
    }

    /**
     * Asks and answers.
     *
     * @param user the question
     * @param options how to answer
     * @param listener is given the answer as it comes, on the calling thread
     * @return the answer; its prompt is what was fed for this turn. It is not a part of the conversation if it was
     *     cancelled before its first token
     * @throws ChatTemplateException if the template refuses the messages; the conversation is as before then
     * @throws IllegalArgumentException if there is nothing to feed
     */
    public GenerationResult say(String user, GenerationOptions options, Consumer<TextChunk> listener) {
        cancelled = false;
        List<ChatMessage> messages = messages();
        messages.add(ChatMessage.user(user));
        String text = template.render(messages, templateOptions);
        Point from = longestBeginningOf(text);
        String added = text.substring(from.textLength());
        int[] prompt = join(from.pending(), encode(added, from.isBeginning()));
        GenerationResult read = run(request(from, prompt, options.toBuilder().maxNewTokens(0).build()), chunk -> {});
        if (read.state().isEmpty() || cancelled) {
            return new GenerationResult(read.promptTokenIds(), new int[0], "", FinishReason.CANCELLED, true,
                    read.seed(),
                    read.timings(), List.of(), Optional.empty(), read.pendingToken());
        }
        int[] fed = Arrays.copyOf(read.promptTokenIds(), read.promptTokenIds().length - 1);
        Point asked = new Point(from, fed, new int[]{read.pendingToken()}, added, read.state().get());
        GenerationResult answer = run(request(asked, asked.pending(), ending(options)), listener);
        if (answer.tokenIds().length > 0 || answer.finishReason() != FinishReason.CANCELLED) {
            add(new Turn(user, answer.text(), asked, answered(asked, answer)));
        }
        return answer.withPromptOf(read);
    }

    /** The same options; what ends a text by the tokenizer's files ends an answer too. */
    private GenerationOptions ending(GenerationOptions options) {
        if (endOfAnswer.isEmpty()) {
            return options;
        }
        Set<Integer> ids = new LinkedHashSet<>(options.eosTokenIds());
        if (ids.isEmpty()) {
            ids.addAll(generator.defaultOptions().eosTokenIds());
        }
        if (ids.isEmpty()) {
            ids.addAll(model.tokenIds().eos());
        }
        ids.add(endOfAnswer.getAsInt());
        return options.toBuilder().eosTokenIds(List.copyOf(ids)).build();
    }

    /** The place after an answer. What ended it (a special token, a stop string) is the template's to write. */
    private Point answered(Point asked, GenerationResult answer) {
        if (answer.finishReason() == FinishReason.STOP || answer.tokenIds().length == 0) {
            int[] words = encode(answer.text(), false);
            return new Point(asked, new int[0], join(asked.pending(), words), answer.text(), asked.state(model));
        }
        int[] tokens = join(asked.pending(), answer.tokenIds());
        int[] fed = Arrays.copyOf(tokens, tokens.length - 1);
        int[] pending = answer.finishReason() == FinishReason.EOS ? new int[0] : new int[]{answer.pendingToken()};
        return new Point(asked, fed, pending, answer.text(), answer.state().orElse(null));
    }

    private void add(Turn turn) {
        turns.add(turn);
        if (turns.size() > KEPT_TURNS) {
            turns.get(turns.size() - 1 - KEPT_TURNS).dropStates();
        }
    }

    /** The last place from which all of a text can be reached. */
    private Point longestBeginningOf(String text) {
        for (Turn turn : turns.reversed()) {
            for (Point point : List.of(turn.answered(), turn.asked())) {
                if (point.leadsTo(text) && text.length() + point.pending().length > point.textLength()) {
                    return point;
                }
            }
        }
        return Point.beginning();
    }

    private int[] encode(String text, boolean first) {
        if (first) {
            return tokenizer.encode(text, !template.includesSpecialTokens());
        }
        return text.isEmpty() ? new int[0] : tokenizer.encodeContinuation(text);
    }

    private GenerationRequest request(Point from, int[] prompt, GenerationOptions options) {
        var request = GenerationRequest.builder(options).tokenIds(prompt).keepState(true);
        if (!from.isBeginning()) {
            request.state(from.state(model), from.history());
        }
        return request.build();
    }

    private GenerationResult run(GenerationRequest request, Consumer<TextChunk> listener) {
        try (GenerationStream stream = generator.stream(request)) {
            running = stream;
            if (cancelled) {
                stream.cancel();
            }
            stream.forEachRemaining(listener);
            return stream.result();
        } finally {
            running = null;
        }
    }

    /** Ends the answer that is being given, if there is one; what there is of it stays. May come from any thread. */
    public void cancel() {
        cancelled = true;
        GenerationStream stream = running;
        if (stream != null) {
            stream.cancel();
        }
    }

    /**
     * Takes the last turn back: the conversation is bit for bit what it was before.
     *
     * @return false if there was no turn
     */
    public boolean undo() {
        if (turns.isEmpty()) {
            return false;
        }
        turns.removeLast();
        return true;
    }

    /** Begins again, with the same instructions. */
    public void reset() {
        turns.clear();
    }

    /**
     * Writes the conversation to a file, which is replaced in one step once the new one is safely on the disk.
     *
     * @param file the file
     * @throws IOException if that is impossible
     */
    public void save(Path file) throws IOException {
        ConversationFile.write(file, new Saved(system, turns), last().state(model));
    }

    /**
     * Goes on from a file instead. If that is impossible, the conversation stays as it is.
     *
     * @param file a file that {@link #save} has written, with the same model
     * @throws StateFormatException if it is no whole, sound conversation with this model; the message says what is wrong
     * @throws IOException if it cannot be read
     */
    public void load(Path file) throws IOException {
        Saved saved = ConversationFile.read(file, model);
        system = saved.system();
        turns = new ArrayList<>(saved.turns());
    }

    /** What a file holds besides the last state. */
    record Saved(Optional<String> system, List<Turn> turns) {}

    private Point last() {
        return turns.isEmpty() ? Point.beginning() : turns.getLast().answered();
    }

    private static int[] join(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
