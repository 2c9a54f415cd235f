package io.github.mamba4j.cli;

import io.github.mamba4j.engine.chat.ChatTemplateException;
import io.github.mamba4j.engine.chat.Conversation;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationResult;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * The course of a conversation: messages, answers and commands. What goes wrong with one of them is reported, and the
 * conversation goes on as if it had not been asked for.
 */
final class ChatLoop {
    private static final String QUOTES = "\"\"\"";
    private static final String HELP = """
        /save FILE  keep the conversation in a file
        /load FILE  go on with a conversation from a file
        /undo       take the last message and its answer back
        /reset      begin again
        /exit       end (or Ctrl-D)
        A line that ends with \\ goes on; \""" begins and ends a message of several
            lines. Ctrl-C ends an answer.""";

    private final Conversation conversation;
    private final GenerationOptions options;
    private final ChatConsole console;
    private final Io io;
    private boolean failed;
    private boolean incomplete;
    private boolean over;

    ChatLoop(Conversation conversation, GenerationOptions options, ChatConsole console, Io io) {
        this.conversation = conversation;
        this.options = options;
        this.console = console;
        this.io = io;
    }

    /**
     * Converses until the end.
     *
     * @return the exit code: a script learns that something failed, a person has seen it
     * @throws IOException if there is no reading on
     */
    int run() throws IOException {
        if (console.isTerminal()) {
            console.tell("/help says what can be done, Ctrl-D ends.");
        }
        while (!over) {
            try {
                String message = readMessage();
                if (message == null) {
                    break;
                }
                take(message);
            } catch (ChatConsole.InterruptedLine e) {
                // Whoever gives a line up begins another one.
                continue;
            }
        }
        if (console.isTerminal()) {
            return 0;
        }
        return failed ? Failures.FAILURE : incomplete ? Failures.INCOMPLETE : 0;
    }

    private void take(String message) {
        try {
            if (message.startsWith("/")) {
                command(message.strip());
            } else if (!message.isBlank()) {
                say(message);
            }
        } catch (IOException | ChatTemplateException | IllegalArgumentException e) {
            failed = true;
            Failures.report(e, io, false);
        }
    }

    /** A message; null at the end. */
    private String readMessage() throws IOException, ChatConsole.InterruptedLine {
        String line = console.readLine("> ");
        if (line == null) {
            return null;
        }
        if (line.startsWith(QUOTES)) {
            return readQuoted(line.substring(QUOTES.length()));
        }
        StringBuilder message = new StringBuilder();
        while (line != null && line.endsWith("\\")) {
            message.append(line, 0, line.length() - 1).append('\n');
            line = console.readLine("  ");
        }
        return message.append(line == null ? "" : line).toString();
    }

    private String readQuoted(String first) throws IOException, ChatConsole.InterruptedLine {
        StringBuilder message = new StringBuilder();
        for (String line = first; line != null; line = console.readLine("  ")) {
            if (line.endsWith(QUOTES)) {
                return message.append(line, 0, line.length() - QUOTES.length()).toString();
            }
            message.append(line).append(line.isEmpty() && message.isEmpty() ? "" : "\n");
        }
        return message.toString();
    }

    private void say(String message) {
        GenerationResult answer = console.cancelled(conversation::cancel,
                () -> conversation.say(message, options, chunk -> console.print(chunk.text())));
        console.print("\n");
        if (answer.finishReason() == FinishReason.CANCELLED) {
            console.tell(answer.tokenIds().length == 0
                    ? "(stopped before the answer began; the message is taken back)"
                    : "(stopped)");
        } else if (!answer.complete()) {
            incomplete = true;
            Failures.warn(GenerateCommand.cut(answer), io);
        }
    }

    private void command(String line) throws IOException {
        String[] words = line.split("\\s+", 2);
        String argument = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "/help" -> console.tell(HELP);
            case "/save" -> {
                Path file = file(words[0], argument);
                OutputFiles.check(file);
                conversation.save(file);
                console.tell("saved: " + turns());
            }
            case "/load" -> {
                conversation.load(file(words[0], argument));
                console.tell("loaded: " + turns());
            }
            case "/undo" -> console.tell(conversation.undo() ? "taken back: " + turns() : "there is nothing to undo");
            case "/reset" -> {
                conversation.reset();
                console.tell("begun again");
            }
            case "/exit" -> over = true;
            default -> throw new IllegalArgumentException("there is no command " + words[0] + "; see /help");
        }
    }

    private String turns() {
        int turns = conversation.turns();
        return turns + (turns == 1 ? " turn, " : " turns, ") + conversation.tokensConsumed() + " tokens";
    }

    private static Path file(String command, String argument) {
        if (argument.isEmpty()) {
            throw new IllegalArgumentException(command + ": expected a file after it");
        }
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(command + ": not a path: " + argument, e);
        }
    }
}
