package io.github.mamba4j.engine.chat;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.StateFile;
import io.github.mamba4j.engine.StateFormatException;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.TextGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConversationTest {
    private static final GenerationOptions GREEDY = GenerationOptions.builder().temperature(0).maxNewTokens(12).build();
    /** Writes answers otherwise than the model did: without the space that they begin with. */
    private static final ChatTemplate STRIPPING = ChatTemplate.jinja("""
        {{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content | trim }}
        {% endfor %}{% if add_generation_prompt %}assistant:{% endif %}""", "<|endoftext|>", "<|endoftext|>");

    private static MambaModel model;
    private static TextGenerator generator;

    @BeforeAll
    static void load() throws IOException {
        model = MambaModel.shipped();
        generator = TextGenerator.of(model);
    }

    @AfterAll
    static void close() {
        generator.close();
        model.close();
    }

    private static Conversation conversation(ChatTemplate template) throws IOException {
        return new Conversation(model, generator, template, Optional.empty());
    }

    private static GenerationResult say(Conversation conversation, String text) {
        return conversation.say(text, GREEDY, chunk -> {});
    }

    @Test
    void theFirstAnswerContinuesThePrompt() throws IOException {
        String text = "Once upon a time there was a dog";
        assertArrayEquals(generator.generate(text, GREEDY).tokenIds(),
                say(conversation(ChatTemplate.plain()), text).tokenIds());
    }

    @Test
    void eachTurnFeedsOnlyItsOwnText() throws IOException {
        Conversation talk = conversation(ChatTemplate.plain());
        say(talk, "Once upon a time there was a dog named Max. He lived in a big house with a garden.");
        long before = talk.tokensConsumed();
        GenerationResult second = say(talk, "Then");
        // The last token of the first answer was not fed, and that of the second is not.
        assertEquals(1 + generator.tokenizer().orElseThrow().encode(" Then", false).length, second.promptTokens());
        assertEquals(before + second.promptTokens() + 12 - 1, talk.tokensConsumed());
    }

    @Test
    void theStateIsThatOfAllTokensInOneGo() throws IOException {
        Conversation talk = conversation(ChatTemplate.plain());
        GenerationResult first = say(talk, "There was a cat.");
        GenerationResult second = say(talk, "The cat");
        // The second prompt begins with the last token of the first answer.
        int[] all = concat(concat(first.promptTokenIds(), Arrays.copyOf(first.tokenIds(), 11)),
                concat(second.promptTokenIds(), second.tokenIds()));
        MambaState state = model.newState();
        model.prefill(state, Arrays.copyOf(all, all.length - 1));
        assertTrue(state.contentEquals(second.state().orElseThrow()));
        assertEquals(state.tokensConsumed(), talk.tokensConsumed());
    }

    @Test
    void undoingATurnMakesItNeverHaveBeen() throws IOException {
        for (ChatTemplate template : List.of(ChatTemplate.plain(), STRIPPING)) {
            Conversation talk = conversation(template);
            Conversation straight = conversation(template);
            assertEquals(say(straight, "There was a cat.").text(), say(talk, "There was a cat.").text());
            say(talk, "A big dragon came and ate all the apples.");
            assertTrue(talk.undo());
            assertEquals(straight.messages(), talk.messages());
            assertArrayEquals(say(straight, "The cat").tokenIds(), say(talk, "The cat").tokenIds());
        }
        assertFalse(conversation(ChatTemplate.plain()).undo());
    }

    @Test
    void aTemplateThatRewritesAnswersIsFollowed() throws IOException {
        Conversation talk = conversation(STRIPPING);
        say(talk, "Tell me of a cat.");
        GenerationResult second = say(talk, "And a dog?");
        // Sampling aside, the same text in one piece gives the same answer; the pieces end where words end.
        String text = STRIPPING.render(talk.messages().subList(0, 3), true);
        GenerationResult alone = generator.generate(
                GenerationRequest.builder(GREEDY)
                        .tokenIds(generator.tokenizer().orElseThrow().encode(text, false)).build());
        assertEquals(alone.text(), second.text());
    }

    @Test
    void goesOnFromAFileAsIfNothingHadBeen(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("talk");
        Conversation talk = new Conversation(model, generator, STRIPPING, Optional.of("Tell stories."));
        for (String text : List.of("There was a cat.", "Who was there?", "And then?")) {
            say(talk, text);
        }
        talk.save(file);
        Conversation loaded = conversation(STRIPPING);
        loaded.load(file);
        assertEquals(talk.messages(), loaded.messages());
        assertArrayEquals(say(talk, "Why?").tokenIds(), say(loaded, "Why?").tokenIds());
        // States before the last are made again from their tokens.
        for (int i = 0; i < 2; i++) {
            talk.undo();
            loaded.undo();
        }
        assertArrayEquals(say(talk, "How?").tokenIds(), say(loaded, "How?").tokenIds());
        assertEquals(List.of(file), Files.list(folder).toList());
    }

    @Test
    void anEmptyConversationCanBeSaved(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("talk");
        conversation(ChatTemplate.plain()).save(file);
        Conversation loaded = conversation(ChatTemplate.plain());
        say(loaded, "There was");
        loaded.load(file);
        assertEquals(List.of(), loaded.messages());
    }

    @Test
    void refusesFilesThatAreDamagedOrForeignAndStaysAsItWas(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("talk");
        Conversation talk = conversation(ChatTemplate.plain());
        say(talk, "There was a cat.");
        talk.save(file);
        byte[] sound = Files.readAllBytes(file);
        List<ChatMessage> messages = talk.messages();
        var random = new SplittableRandom(11);
        for (int i = 0; i < 60; i++) {
            byte[] damaged = i % 3 == 0 ? Arrays.copyOf(sound, random.nextInt(sound.length)) : sound.clone();
            if (i % 3 != 0) {
                int end = i % 3 == 1 ? 200 : sound.length;
                damaged[random.nextInt(end)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            var e = assertThrows(StateFormatException.class, () -> talk.load(file));
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
            assertEquals(messages, talk.messages());
        }
        Files.write(file, concat(sound, new byte[1]));
        assertThrows(StateFormatException.class, () -> talk.load(file));
        model.newState().save(file);
        assertThrows(StateFormatException.class, () -> talk.load(file));
    }

    /** Writes a conversation's state with other words. */
    private void write(Path file, StateFile.Content content, String words) throws IOException {
        StateFile.write(new StateFile.Content(content.state(), Map.of("conversation", words), new int[0]), file);
    }

    @Test
    void refusesWordsThatNoConversationHas(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("talk");
        Conversation talk = conversation(ChatTemplate.plain());
        say(talk, "There was a cat.");
        talk.save(file);
        StateFile.Content sound = StateFile.read(file, model);
        String words = sound.metadata().get("conversation");
        write(file, sound, words);
        talk.load(file);
        String token = words.replaceFirst("(\"tokens\":\\[)(\\d+)", "$1$2.5");
        String quoted = words.replaceFirst("(\"tokens\":\\[)(\\d+)", "$1\"$2\"");
        String twice = words.replaceFirst("\"system\":null", "\"system\":null,\"system\":null");
        for (String bad : List.of("null", "[]", "{}", "", words + " {}", words + "x", token, quoted, twice,
                words.replaceFirst("\\{", "{\"more\":1,"), words.replace("\"parent\":-1", "\"parent\":null"))) {
            assertNotEquals(words, bad);
            write(file, sound, bad);
            var e = assertThrows(StateFormatException.class, () -> talk.load(file), bad);
            assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        }
    }

    @Test
    void whatWasSaidIsItsOwnersAlone(@TempDir Path folder) throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Path file = folder.resolve("talk");
        Conversation talk = conversation(ChatTemplate.plain());
        talk.save(file);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void theTemplateIsGivenItsVariables() throws IOException {
        ChatTemplate template = ChatTemplate.jinja("{{ story }}", "", "");
        var talk = new Conversation(model, generator, template, Optional.empty(),
                TemplateOptions.builder().variable("story", "There was a cat").addGenerationPrompt(false).build());
        assertArrayEquals(say(conversation(ChatTemplate.jinja("There was a cat", "", "")), "x").tokenIds(),
                say(talk, "x").tokenIds());
    }

    @Test
    void aStopStringEndsAnAnswerBeforeItAndTheTurnGoesOnFromThere() throws IOException {
        GenerationOptions stopping = GREEDY.toBuilder().maxNewTokens(60).stop(List.of(".")).build();
        Conversation talk = conversation(ChatTemplate.plain());
        GenerationResult first = talk.say("There was a cat", stopping, chunk -> {});
        assertEquals(FinishReason.STOP, first.finishReason());
        GenerationResult second = say(talk, "!");
        GenerationResult alone = generator.generate("There was a cat" + first.text() + " !", GREEDY);
        assertEquals(alone.text(), second.text());
    }

    @Test
    void whatIsCancelledKeepsWhatIsThere() throws IOException {
        Conversation talk = conversation(ChatTemplate.plain());
        GenerationResult answer = talk.say("There was a cat", GREEDY, chunk -> talk.cancel());
        assertEquals(FinishReason.CANCELLED, answer.finishReason());
        assertTrue(answer.tokenIds().length > 0 && answer.tokenIds().length < 12);
        assertEquals(List.of(ChatMessage.user("There was a cat"), ChatMessage.assistant(answer.text())),
                talk.messages());
        assertEquals(12, say(talk, "and").tokenIds().length);
    }

    @Test
    void aRefusedMessageChangesNothing() throws IOException {
        Conversation talk = conversation(ChatTemplate.jinja(
                "{% for m in messages %}{% if m.content == 'no' %}{{ raise_exception('not that') }}{% endif %}{{ m.content }}{% endfor %}",
                "", ""));
        say(talk, "There was");
        List<ChatMessage> before = talk.messages();
        assertThrows(ChatTemplateException.class, () -> say(talk, "no"));
        assertEquals(before, talk.messages());
        talk.reset();
        assertEquals(List.of(), talk.messages());
    }

    private static int[] concat(int[] a, int[] b) {
        int[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] all = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, all, a.length, b.length);
        return all;
    }
}
