package io.github.mamba4j.engine.tokenize.pipeline;

import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.model.TokenBuffer;
import io.github.mamba4j.engine.tokenize.model.TokenModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A tokenizer's way from a text to tokens. Thread-safe: every call works with memory of its own, which is kept for the
 * next.
 */
public final class TextEncoder {
    private final TokenModel model;
    private final List<Step> steps;
    private final Normalizer normalizer;
    private final PostProcessor postProcessor;
    private final AddedTokens raw;
    private final AddedTokens normalized;
    private final List<AddedToken> added;
    private final List<String> normalizedTexts = new ArrayList<>();
    private final boolean asksForBeginning;
    private final ConcurrentLinkedQueue<Chain> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final int maxIdle = 2 * Runtime.getRuntime().availableProcessors();

    TextEncoder(TokenModel model, Normalizer normalizer, List<Step> steps, PostProcessor postProcessor,
            List<AddedToken> added) {
        this.model = model;
        this.normalizer = normalizer;
        this.steps = List.copyOf(steps);
        this.postProcessor = postProcessor;
        this.added = List.copyOf(added);
        asksForBeginning = steps.stream().anyMatch(step -> step instanceof Step.Prefix prefix && prefix.first());
        List<AddedToken> plain = new ArrayList<>();
        List<AddedToken> changed = new ArrayList<>();
        List<String> changedTexts = new ArrayList<>();
        for (AddedToken token : added) {
            String text = token.normalized() ? normalize(normalizer, token.content()) : token.content();
            normalizedTexts.add(text);
            if (token.normalized()) {
                changed.add(token);
                changedTexts.add(text);
            } else {
                plain.add(token);
            }
        }
        raw = new AddedTokens(plain, plain.stream().map(AddedToken::content).toList());
        normalized = new AddedTokens(changed, changedTexts);
    }

    /** What one call works with. */
    private final class Chain implements AddedTokens.Sink {
        private final Run run = new Run();
        private final ModelStage last;
        private final Stage first;
        private final Piece text = new Piece();
        private final Piece part = new Piece();
        private final TokenBuffer out = new TokenBuffer();
        private boolean withSpecial;
        /** For the places of added tokens: their texts as they stand in the text. */
        private List<String> values;

        Chain() {
            boolean bytes = !steps.isEmpty() && steps.getLast() instanceof Step.Bytes;
            last = new ModelStage(run, model, bytes);
            Stage stage = last;
            for (Step step : (bytes ? steps.subList(0, steps.size() - 1) : steps).reversed()) {
                stage = step.stage(run, stage);
            }
            first = stage;
        }

        void encode(char[] chars, boolean places, boolean recognise, boolean continued) {
            run.begin(chars.length, continued, places || continued || asksForBeginning);
            last.begin(out, places);
            withSpecial = recognise;
            values = places ? new ArrayList<>() : null;
            text.set(chars, 0, chars.length, 0);
            raw.find(chars, 0, chars.length, recognise, this);
        }

        @Override
        public void text(int from, int to) {
            Piece piece = part.set(text, from, to);
            Piece changed = normalizer == null ? piece : normalizer.apply(piece, run);
            Piece inner = new Piece();
            normalized.find(changed.chars, changed.from, changed.to, withSpecial, new AddedTokens.Sink() {
                @Override
                public void text(int start, int end) {
                    first.accept(inner.set(changed, start, end));
                }

                @Override
                public void token(AddedToken token, int start, int end) {
                    add(token, changed, start, end);
                }
            });
        }

        @Override
        public void token(AddedToken token, int from, int to) {
            add(token, text, from, to);
        }

        private void add(AddedToken token, Piece piece, int from, int to) {
            if (values == null || from >= to) {
                out.add(token.id(), 0, 0);
                return;
            }
            while (values.size() < out.size()) {
                values.add(null);
            }
            values.add(new String(piece.chars, from, to - from));
            out.add(token.id(), piece.startOf(from), piece.endOf(to - 1));
        }

        private String value(int index) {
            String value = index < values.size() ? values.get(index) : null;
            return value != null ? value : model.vocabulary().token(out.id(index));
        }
    }

    private Chain borrow() {
        Chain chain = idle.poll();
        if (chain == null) {
            return new Chain();
        }
        idleCount.decrementAndGet();
        return chain;
    }

    private void giveBack(Chain chain) {
        chain.out.clear();
        chain.text.set(new char[0], 0, 0, 0);
        chain.part.set(chain.text, 0, 0);
        if (idleCount.incrementAndGet() <= maxIdle) {
            idle.add(chain);
        } else {
            idleCount.decrementAndGet();
        }
    }

    /**
     * The tokens of a text.
     *
     * @param text the text, without lone surrogates
     * @param around whether special tokens are put around it
     * @param recognise whether special tokens spelled out in the text are recognised
     * @param continued whether it goes on from another text, so that nothing is put before it
     * @return the token ids
     */
    public int[] encode(String text, boolean around, boolean recognise, boolean continued) {
        Chain chain = borrow();
        chain.encode(text.toCharArray(), false, recognise, continued);
        int before = around ? postProcessor.prefix().length : 0;
        int after = around ? postProcessor.suffix().length : 0;
        int size = chain.out.size();
        int[] ids = new int[Math.addExact(size, before + after)];
        System.arraycopy(postProcessor.prefix(), 0, ids, 0, before);
        for (int i = 0; i < size; i++) {
            ids[before + i] = chain.out.id(i);
        }
        System.arraycopy(postProcessor.suffix(), 0, ids, before + size, after);
        giveBack(chain);
        return ids;
    }

    /**
     * The tokens of a text and where they are in it.
     *
     * @param text the text, without lone surrogates
     * @param around whether special tokens are put around it
     * @param recognise whether special tokens spelled out in the text are recognised
     * @param continued whether it goes on from another text, so that nothing is put before it
     * @return the tokens
     */
    public EncodedText encodeWithPlaces(String text, boolean around, boolean recognise, boolean continued) {
        Chain chain = new Chain();
        chain.encode(text.toCharArray(), true, recognise, continued);
        int before = around ? postProcessor.prefix().length : 0;
        int after = around ? postProcessor.suffix().length : 0;
        int size = chain.out.size();
        int[] ids = new int[size + before + after];
        int[] starts = new int[ids.length];
        int[] ends = new int[ids.length];
        System.arraycopy(postProcessor.prefix(), 0, ids, 0, before);
        for (int i = 0; i < size; i++) {
            ids[before + i] = chain.out.id(i);
            starts[before + i] = chain.out.start(i);
            ends[before + i] = chain.out.end(i);
            if (postProcessor.trimsSpaces()) {
                trim(text, chain.value(i), i == 0, before + i, starts, ends);
            }
        }
        System.arraycopy(postProcessor.suffix(), 0, ids, before + size, after);
        return new EncodedText(ids, starts, ends);
    }

    private void trim(String text, String token, boolean isFirst, int at, int[] starts, int[] ends) {
        if (token == null) {
            return;
        }
        int leading = 0;
        while (leading < token.length() && isBlank(token.charAt(leading))) {
            leading++;
        }
        int trailing = 0;
        while (trailing < token.length() && isBlank(token.charAt(token.length() - 1 - trailing))) {
            trailing++;
        }
        if (leading == 1 && postProcessor.keepsFirstSpace() && (isFirst || starts[at] == 0)) {
            leading = 0;
        }
        starts[at] = moved(text, starts[at], leading, ends[at]);
        ends[at] = moved(text, ends[at], -trailing, starts[at]);
    }

    /** A place moved by some code points, but not beyond a limit. */
    private static int moved(String text, int place, int count, int limit) {
        int result = place;
        for (int i = 0; i < Math.abs(count) && result != limit; i++) {
            result = text.offsetByCodePoints(result, count > 0 ? 1 : -1);
        }
        return result;
    }

    private static boolean isBlank(char c) {
        return c == ByteAlphabet.charOf(' ') || UnicodeTables.isSpace(c);
    }

    static String normalize(Normalizer normalizer, String content) {
        if (normalizer == null) {
            return content;
        }
        Run run = new Run();
        run.begin(content.length(), false, false);
        char[] chars = content.toCharArray();
        Piece piece = normalizer.apply(new Piece().set(chars, 0, chars.length, 0), run);
        return new String(piece.chars, piece.from, piece.length());
    }

    /**
     * The tokens that are looked for before a text is cut into words.
     *
     * @return the tokens, in the order in which they were added
     */
    public List<AddedToken> added() {
        return added;
    }

    /**
     * How an added token is written in a normalised text.
     *
     * @param index its index in {@link #added()}
     * @return its text; its content if it is not normalised
     */
    public String normalizedText(int index) {
        return normalizedTexts.get(index);
    }

    /**
     * The special tokens around a text.
     *
     * @return their number
     */
    public int tokensAround() {
        return postProcessor.prefix().length + postProcessor.suffix().length;
    }
}
