package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixCacheTest {
    private static final int[] TOKENS = new SplittableRandom(1).ints(40, 0, 61).toArray();

    private static MambaModel model;
    private static long stateBytes;

    @BeforeAll
    static void open() {
        model = SmallModels.of(61, 5);
        stateBytes = model.newState().byteSize();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static MambaState after(int length) {
        MambaState state = model.newState();
        model.prefill(state, Arrays.copyOf(TOKENS, length));
        return state;
    }

    private static void put(PrefixCache cache, int... lengths) {
        for (int length : lengths) {
            cache.put(TOKENS, length, after(length));
        }
    }

    private static int found(PrefixCache cache, int maxLength) {
        return cache.find(TOKENS, maxLength).map(PrefixCache.Prefix::length).orElse(0);
    }

    @Test
    void theLongestBeginningWithinTheLimitIsFoundByContent() {
        PrefixCache cache = PrefixCache.inMemory(model, 1 << 20);
        put(cache, 5, 12, 20);
        assertEquals(20, found(cache, 39));
        assertEquals(12, found(cache, 19));
        assertEquals(5, found(cache, 5));
        assertEquals(0, found(cache, 4));
        assertTrue(cache.find(TOKENS, 99).orElseThrow().state().contentEquals(after(20)));
        int[] other = TOKENS.clone();
        other[15] = (other[15] + 1) % 61;
        assertEquals(12, cache.find(other, 39).orElseThrow().length());
        other[0] = (other[0] + 1) % 61;
        assertTrue(cache.find(other, 39).isEmpty());
    }

    @Test
    void whatIsFoundIsACopy() {
        PrefixCache cache = PrefixCache.inMemory(model, 1 << 20);
        put(cache, 5);
        model.prefill(cache.find(TOKENS, 9).orElseThrow().state(), 1, 2, 3);
        assertTrue(cache.find(TOKENS, 9).orElseThrow().state().contentEquals(after(5)));
    }

    @Test
    void theLongestUnusedGoesWhenTheMemoryIsFull() {
        PrefixCache cache = PrefixCache.inMemory(model, 2 * stateBytes + 200);
        put(cache, 5, 8);
        assertEquals(5, found(cache, 5));
        put(cache, 11);
        assertEquals(2, cache.size());
        assertEquals(5, found(cache, 8));
        assertEquals(11, found(cache, 39));
        assertTrue(cache.bytes() <= 2 * stateBytes + 200);
        put(cache, 11);
        assertEquals(2 * stateBytes + 16 * Integer.BYTES, cache.bytes());
        cache.clear();
        assertEquals(0, cache.bytes());
        put(PrefixCache.inMemory(model, 0), 5);
    }

    @Test
    void aStateAfterOtherTokensIsRefused() {
        PrefixCache cache = PrefixCache.inMemory(model, 1 << 20);
        assertThrows(IllegalArgumentException.class, () -> cache.put(TOKENS, 6, after(5)));
        assertThrows(IllegalArgumentException.class, () -> cache.put(TOKENS, 0, model.newState()));
    }

    @Test
    void filesOutliveTheCacheAndTheOldestGo(@TempDir Path folder) throws IOException {
        PrefixCache first = PrefixCache.inDirectory(model, 1 << 20, folder.resolve("new"), 3 * stateBytes);
        put(first, 5, 12);
        PrefixCache second = PrefixCache.inDirectory(model, 1 << 20, folder.resolve("new"), 3 * stateBytes);
        assertEquals(0, second.size());
        assertEquals(12, found(second, 39));
        assertEquals(1, second.size());
        assertTrue(second.find(TOKENS, 39).orElseThrow().state().contentEquals(after(12)));
        assertEquals(5, found(second, 11));
        age(folder.resolve("new"));
        put(second, 14, 16);
        try (Stream<Path> files = Files.list(folder.resolve("new"))) {
            assertEquals(2, files.count());
        }
        PrefixCache third = PrefixCache.inDirectory(model, 0, folder.resolve("new"), 3 * stateBytes);
        assertEquals(0, found(third, 12));
        assertEquals(16, found(third, 39));
    }

    private static void age(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
            }
        }
    }

    @Test
    void aDamagedFileIsDeletedAndTheNextBestIsUsed(@TempDir Path folder) throws IOException {
        put(PrefixCache.inDirectory(model, 1 << 20, folder, 1 << 20), 5, 12);
        List<Path> files;
        try (Stream<Path> listed = Files.list(folder)) {
            files = listed.toList();
        }
        Path longer = files.stream().filter(f -> f.getFileName().toString().contains("-12-")).findFirst().orElseThrow();
        byte[] bytes = Files.readAllBytes(longer);
        bytes[bytes.length / 2] ^= 1;
        Files.write(longer, bytes);
        assertEquals(5, found(PrefixCache.inDirectory(model, 1 << 20, folder, 1 << 20), 39));
        assertFalse(Files.exists(longer));
    }

    @Test
    void aFileThatCannotBeReadLeavesTheNextBest(@TempDir Path folder) throws IOException {
        put(PrefixCache.inDirectory(model, 1 << 20, folder, 1 << 20), 5, 12);
        Path longer;
        try (Stream<Path> listed = Files.list(folder)) {
            longer = listed.filter(f -> f.getFileName().toString().contains("-12-")).findFirst().orElseThrow();
        }
        Files.delete(longer);
        Files.createDirectory(longer);
        assertEquals(5, found(PrefixCache.inDirectory(model, 1 << 20, folder, 1 << 20), 39));
    }

    @Test
    void generationWithReuseGivesTheSameTexts(@TempDir Path folder) throws IOException {
        TextGenerator plain = TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).build();
        SplittableRandom random = new SplittableRandom(8);
        for (PrefixCache cache : List.of(PrefixCache.inMemory(model, 20 * stateBytes),
                PrefixCache.inDirectory(model, 0, folder, 20 * stateBytes))) {
            TextGenerator cached = TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).prefixCache(cache)
                    .build();
            boolean reused = false;
            for (int i = 0; i < 12; i++) {
                int[] prompt = Arrays.copyOf(TOKENS, random.nextInt(2, 40));
                GenerationRequest request = GenerationRequest
                        .builder(GenerationOptions.builder().seed(i).maxNewTokens(8).ignoreEos(true).build())
                        .tokenIds(prompt).cachePoints(random.nextInt(1, 20), random.nextInt(1, 45)).keepState(true)
                        .build();
                GenerationResult result = cached.generate(request);
                GenerationResult expected = plain.generate(request);
                assertArrayEquals(expected.tokenIds(), result.tokenIds());
                assertTrue(expected.state().orElseThrow().contentEquals(result.state().orElseThrow()));
                reused |= result.timings().prefillTokens() < prompt.length;
            }
            assertTrue(reused);
        }
    }

    @Test
    void aCacheForAnotherModelIsRefused() {
        try (MambaModel other = SmallModels.of(61, 6)) {
            PrefixCache cache = PrefixCache.inMemory(other, 1 << 20);
            assertThrows(IllegalArgumentException.class, () -> TextGenerator.builder(model).prefixCache(cache));
        }
    }
}
