package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Eight threads share the shipped model for ten seconds, or as many as the system property
 * {@code mamba4j.soakSeconds} says: each with a state, options and seeds of its own, in all the ways there are to get a
 * text. Every text has to be the one that was generated alone before, and what a request took has to be given back.
 */
class SoakTest {
    private static final int THREADS = 8;
    private static final long SECONDS = Long.getLong("mamba4j.soakSeconds", 10);
    private static final long MAX_RESIDENT_GROWTH = 128L << 20;
    private static final List<String> PROMPTS = List.of("Once upon a time", "", "Tom and Lily went to the park. They",
            "The little dog", "\u00c9t\u00e9 \ud83d\ude00", "One day, a big red");

    private static MambaModel model;
    private static TextGenerator generator;
    private static List<Case> cases;

    /** A request with what comes of it alone, and the greedy tokens after its prompt. */
    private record Case(GenerationRequest request, GenerationResult alone, int[] greedy) {}

    @BeforeAll
    static void generateAlone() throws IOException {
        model = MambaModel.shipped();
        generator = TextGenerator.builder(model).prefixCache(PrefixCache.inMemory(model, 1 << 21)).build();
        SplittableRandom random = new SplittableRandom(12);
        cases = new ArrayList<>();
        try (TextGenerator solitary = TextGenerator.builder(model).maxSequences(1).build()) {
            for (int i = 0; i < 40; i++) {
                GenerationRequest request = request(random);
                GenerationResult alone = solitary.generate(request);
                cases.add(new Case(request, alone, greedy(model.newState(), alone.promptTokenIds())));
            }
        }
    }

    @AfterAll
    static void close() {
        generator.close();
        model.close();
    }

    private static GenerationRequest request(SplittableRandom random) {
        GenerationOptionsBuilder options = GenerationOptions.builder().maxNewTokens(random.nextInt(1, 24))
                .seed(random.nextLong()).temperature(random.nextInt(3) == 0 ? 0 : random.nextDouble(0.5, 1.5))
                .topK(random.nextInt(60)).minP(random.nextDouble(0.1)).ignoreEos(random.nextBoolean());
        if (random.nextBoolean()) {
            options.stop(List.of(" the", ".")).repetitionPenalty(1.2).logprobs(2);
        }
        return GenerationRequest.builder(options.build()).text(PROMPTS.get(random.nextInt(PROMPTS.size())))
                .cachePoints(random.nextInt(1, 8)).build();
    }

    /** Greedy decoding without a generator. */
    private static int[] greedy(MambaState state, int[] prompt) {
        int[] tokens = new int[6];
        float[] logits = model.prefill(state, prompt);
        for (int k = 0; k < tokens.length; k++) {
            tokens[k] = model.kernels().math().argmax(logits, 0, logits.length);
            model.step(state, tokens[k], logits);
        }
        return tokens;
    }

    /** What a thread has to itself. */
    private static final class Worker {
        private final SplittableRandom random;
        private final MambaState state = model.newState();

        Worker(long seed) {
            random = new SplittableRandom(seed);
        }

        /** Works for so long; returns how many texts were asked for. */
        int work(long nanos) {
            long start = System.nanoTime();
            int count = 0;
            while (System.nanoTime() - start < nanos) {
                generate(cases.get(random.nextInt(cases.size())));
                count++;
            }
            return count;
        }

        private void generate(Case one) {
            switch (random.nextInt(5)) {
                case 0 -> assertSame(one.alone(), generator.generate(one.request()));
                case 1 -> stream(one.request(), one.alone());
                case 2 -> giveUp(one.request(), one.alone());
                case 3 -> goOnFromAState(one.request(), one.alone());
                default -> {
                    state.reset();
                    assertArrayEquals(one.greedy(), greedy(state, one.alone().promptTokenIds()));
                }
            }
        }

        private void stream(GenerationRequest request, GenerationResult alone) {
            StringBuilder text = new StringBuilder();
            assertSame(alone, generator.generate(request, chunk -> text.append(chunk.text())));
            assertEquals(alone.text(), text.toString());
        }

        private void giveUp(GenerationRequest request, GenerationResult alone) {
            try (GenerationStream stream = generator.stream(request)) {
                int wanted = random.nextInt(alone.tokenIds().length + 1);
                for (int k = 0; k < wanted; k++) {
                    assertEquals(alone.tokenIds()[k], stream.next().tokenId());
                }
            }
        }

        private void goOnFromAState(GenerationRequest request, GenerationResult alone) {
            int[] prompt = alone.promptTokenIds();
            int[] consumed = Arrays.copyOf(prompt, prompt.length - 1);
            state.reset();
            if (consumed.length > 0) {
                model.prefill(state, consumed);
            }
            GenerationResult result = generator.generate(GenerationRequest.builder(request.options())
                    .state(state, consumed).tokenIds(prompt[prompt.length - 1]).keepState(true).build());
            assertArrayEquals(alone.tokenIds(), result.tokenIds());
            assertEquals(alone.text(), result.text());
            assertEquals(consumed.length + alone.tokenIds().length, result.state().orElseThrow().tokensConsumed());
        }
    }

    private static void assertSame(GenerationResult alone, GenerationResult result) {
        assertArrayEquals(alone.tokenIds(), result.tokenIds());
        assertEquals(alone.text(), result.text());
        assertEquals(alone.finishReason(), result.finishReason());
        assertEquals(alone.logprobs(), result.logprobs());
    }

    /** Lets all threads work; returns how many texts were asked for. */
    private static long work(double seconds, long seed) throws Exception {
        long nanos = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        long count = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Worker worker = new Worker(seed + i);
                counts.add(threads.submit(() -> worker.work(nanos)));
            }
            for (Future<Integer> one : counts) {
                count += one.get();
            }
        }
        return count;
    }

    private record Memory(long heap, long buffers, long bufferCount, long resident) {
        static Memory now() throws IOException {
            // The collector gives memory back to the system a while after it has run, so the least counts.
            long resident = Long.MAX_VALUE;
            for (int i = 0; i < 25; i++) {
                System.gc();
                resident = Math.min(resident, residentBytes());
            }
            long buffers = 0;
            long count = 0;
            for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
                buffers += pool.getMemoryUsed();
                count += pool.getCount();
            }
            return new Memory(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), buffers, count,
                    resident);
        }

        private static long residentBytes() throws IOException {
            Path status = Path.of("/proc/self/status");
            if (!Files.exists(status)) {
                return 0;
            }
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
                }
            }
            return 0;
        }
    }

    /**
     * What a request could leave behind is a state first of all, and a minute has some thousands of requests. The heap in
     * use differs by some ten kilobytes between runs, so that a state for each thread is a generous bound, and one state
     * lost in a hundred requests is beyond it. The resident size is there for native memory that no bean counts. It moves
     * by some ten megabytes with collector and compiler; its bound is a fifth of what a state lost in each request takes.
     */
    @Test
    void allTextsAreRightAndMemoryDoesNotGrow() throws Exception {
        work(SECONDS / 4.0, 100);
        Memory before = Memory.now();
        long count = work(SECONDS * 3 / 4.0, 200);
        Memory after = Memory.now();
        String story = before + " and after " + count + " requests " + after;
        long states = THREADS * model.newState().byteSize();
        assertTrue(after.heap() - before.heap() < states, "heap: " + story);
        assertTrue(after.buffers() - before.buffers() < states, "bytes of buffers: " + story);
        assertTrue(after.bufferCount() - before.bufferCount() <= THREADS, "number of buffers: " + story);
        assertTrue(after.resident() - before.resident() < MAX_RESIDENT_GROWTH, "resident: " + story);
    }
}
