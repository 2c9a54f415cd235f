package io.github.mamba4j.engine.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.engine.AtomicFile;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.StateFile;
import io.github.mamba4j.engine.StateFormatException;
import io.github.mamba4j.engine.chat.Conversation.Saved;
import io.github.mamba4j.engine.chat.Conversation.Turn;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The saved form of a conversation: a {@link StateFile} with the state after the last point, whose metadata has, under
 * {@value #KEY}, the words as JSON: the messages, and for each point the number of its parent, and the tokens and the text
 * since. The states of the other points follow from their tokens.
 */
final class ConversationFile {
    private static final String KEY = "conversation";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    /** As JSON. {@code parent} is the number of an earlier point, or -1 for the beginning; {@code text} what follows it. */
    private record PointWords(int parent, int[] tokens, int[] pending, String text) {}

    /** As JSON. Turn i has the points 2 i, where its question ends, and 2 i + 1, where its answer does. */
    private record TurnWords(String user, String answer) {}

    private record Words(String system, List<TurnWords> turns, List<PointWords> points) {}

    private ConversationFile() {}

    static void write(Path file, Saved saved, MambaState state) throws IOException {
        String words = MAPPER.writeValueAsString(words(saved));
        StateFile.Content content = new StateFile.Content(state, Map.of(KEY, words), new int[0]);
        AtomicFile.replacePrivate(file, out -> StateFile.write(content, out));
    }

    private static Words words(Saved saved) {
        Map<Point, Integer> numbers = new IdentityHashMap<>();
        List<PointWords> points = new ArrayList<>();
        List<TurnWords> turns = new ArrayList<>();
        for (Turn turn : saved.turns()) {
            turns.add(new TurnWords(turn.user(), turn.answer()));
            add(turn.asked(), numbers, points);
            add(turn.answered(), numbers, points);
        }
        return new Words(saved.system().orElse(null), turns, points);
    }

    /** A point's parent is an earlier turn's, an earlier point of its own turn, or the beginning: it has its number. */
    private static void add(Point point, Map<Point, Integer> numbers, List<PointWords> points) {
        int parent = numbers.getOrDefault(point.parent(), -1);
        numbers.put(point, points.size());
        points.add(new PointWords(parent, point.tokens(), point.pending(), point.text()));
    }

    static Saved read(Path file, MambaModel model) throws IOException {
        StateFile.Content content = StateFile.read(file, model);
        String words = content.metadata().get(KEY);
        if (words == null) {
            throw new StateFormatException(file + ": expected a saved conversation, found a state without one");
        }
        try {
            return saved(file, MAPPER.readValue(words, Words.class), content.state(), model);
        } catch (JsonProcessingException e) {
            throw damaged(file, e.getOriginalMessage());
        }
    }

    private static Saved saved(Path file, Words words, MambaState state, MambaModel model) throws IOException {
        if (words == null || words.turns() == null || words.points() == null) {
            throw damaged(file, "it has no turns");
        }
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < words.points().size(); i++) {
            PointWords p = words.points().get(i);
            if (p == null || p.parent() < -1 || p.parent() >= i || p.text() == null) {
                throw damaged(file, "point " + i + " has no place");
            }
            check(file, p.tokens(), model);
            check(file, p.pending(), model);
            Point parent = p.parent() < 0 ? Point.beginning() : points.get(p.parent());
            points.add(new Point(parent, p.tokens(), p.pending(), p.text(),
                    i == words.points().size() - 1 ? state : null));
        }
        long consumed = points.isEmpty() ? 0 : points.getLast().consumed();
        if (state.tokensConsumed() != consumed) {
            throw damaged(file, "its words have " + consumed + " tokens and its state " + state.tokensConsumed());
        }
        return new Saved(Optional.ofNullable(words.system()), turns(file, words, points));
    }

    private static List<Turn> turns(Path file, Words words, List<Point> points) throws StateFormatException {
        if (points.size() != 2 * words.turns().size()) {
            throw damaged(file, words.turns().size() + " turns with " + points.size() + " points");
        }
        List<Turn> turns = new ArrayList<>();
        for (TurnWords turn : words.turns()) {
            if (turn == null || turn.user() == null || turn.answer() == null) {
                throw damaged(file, "a turn is incomplete");
            }
            turns.add(new Turn(turn.user(), turn.answer(), points.get(2 * turns.size()),
                    points.get(2 * turns.size() + 1)));
        }
        return turns;
    }

    private static void check(Path file, int[] tokens, MambaModel model) throws StateFormatException {
        if (tokens == null) {
            throw damaged(file, "a point has no tokens");
        }
        for (int token : tokens) {
            if (token < 0 || token >= model.config().vocabSize()) {
                throw damaged(file, "token id " + token + " is outside the vocabulary");
            }
        }
    }

    private static StateFormatException damaged(Path file, String why) {
        return new StateFormatException(file + ": not a sound conversation: " + why);
    }
}
