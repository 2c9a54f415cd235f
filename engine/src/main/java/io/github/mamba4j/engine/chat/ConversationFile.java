package io.github.mamba4j.engine.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.mamba4j.engine.AtomicFile;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.StateFormatException;
import io.github.mamba4j.engine.chat.Conversation.Saved;
import io.github.mamba4j.engine.chat.Conversation.Turn;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The saved form of a conversation. Numbers are little-endian:
 *
 * <pre>
 * magic         8 bytes   "MAMBA4JC"
 * version       int32     1
 * length        int32     of the words, in bytes
 * checksum      int32     CRC-32C of the words
 * words         JSON: the messages, and for each point the number of its parent, and the tokens
 *                         and the text since
 * state         of the last point, as {@link MambaState#save} writes it
 * </pre>
 *
 * The states of the other points follow from their tokens.
 */
final class ConversationFile {
    private static final long MAGIC = 0x434a_3441_424d_414dL;
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8 + 3 * 4;
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
        byte[] words = MAPPER.writeValueAsBytes(words(saved));
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION).putInt(words.length).putInt(checksum(words));
        AtomicFile.replacePrivate(file, out -> {
            out.write(header.array());
            out.write(words);
            state.save(out);
        });
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
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
            if (header.limit() < HEADER_BYTES || header.getLong() != MAGIC) {
                throw new StateFormatException(file + ": not a saved conversation");
            }
            int version = header.getInt();
            if (version != VERSION) {
                throw new StateFormatException(
                        file + ": expected version " + VERSION + " of the format, found " + version);
            }
            int length = header.getInt();
            // Grows with what is there, not with what the file says.
            byte[] words = in.readNBytes(Math.max(0, length));
            if (words.length != length || checksum(words) != header.getInt()) {
                throw new StateFormatException(file + ": the saved conversation is damaged or ends too early");
            }
            MambaState state = state(file, in, model);
            return saved(file, MAPPER.readValue(words, Words.class), state, model);
        } catch (JsonProcessingException e) {
            throw damaged(file, e.getOriginalMessage());
        }
    }

    private static MambaState state(Path file, InputStream in, MambaModel model) throws IOException {
        try {
            MambaState state = MambaState.load(in, model);
            if (in.read() >= 0) {
                throw new StateFormatException("there are bytes after the end of the state");
            }
            return state;
        } catch (StateFormatException e) {
            throw new StateFormatException(file + ": " + e.getMessage().replaceFirst("^the stream: ", ""));
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

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
