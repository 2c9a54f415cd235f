package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads in processes of their own. */
class HubProcessTest {
    private static final int SIZE = 3_000_000;
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    private Path cache;

    /** What a process runs. */
    static final class Program {
        private Program() {}

        /** Downloads: the cache and the server are the arguments. */
        public static void main(String[] args) throws IOException {
            HubOptions options = HubOptions.builder().cache(Path.of(args[0])).endpoint(URI.create(args[1]))
                    .timing(new HubOptions.Timing(Duration.ofSeconds(20), Duration.ofMillis(10), Duration.ZERO, 3))
                    .build();
            System.out.print(Hub.download(FakeHub.ID, options, HubListener.NONE));
        }
    }

    private Process start(FakeHub hub) throws IOException {
        return new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), Program.class.getName(),
                cache.toString(), hub.address().toString()).redirectErrorStream(true).start();
    }

    private Path result(Process process) throws Exception {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), output);
        return Path.of(output);
    }

    @Test
    void twoProcessesFetchAFileOnce() throws Exception {
        try (FakeHub hub = new FakeHub().model(SIZE)) {
            CountDownLatch both = new CountDownLatch(2);
            hub.faults.put("/tree/" + FakeHub.COMMIT, (exchange, content, from) -> {
                both.countDown();
                await(both);
                return false;
            });
            hub.faults.put(WEIGHTS, (exchange, content, from) -> {
                // Long enough for the other process to find the lock taken.
                FakeHub.cut(exchange, content, 0, SIZE / 2);
                await(new CountDownLatch(1), 500);
                exchange.getResponseBody().write(content, SIZE / 2, SIZE - SIZE / 2);
                return true;
            });
            Process first = start(hub);
            Process second = start(hub);
            try {
                Path folder = result(first);
                assertEquals(folder, result(second));
                assertArrayEquals(FakeHub.bytes(1, SIZE), Files.readAllBytes(folder.resolve(WEIGHTS)));
                assertEquals(1, hub.count("store", "signature=1"));
                assertEquals(1, hub.count("hub", "/config.json"));
            } finally {
                first.destroyForcibly();
                second.destroyForcibly();
            }
        }
    }

    @Test
    void aProcessThatIsKilledLeavesABeginning() throws Exception {
        try (FakeHub hub = new FakeHub().model(SIZE)) {
            CountDownLatch killed = new CountDownLatch(1);
            hub.faults.put(WEIGHTS, (exchange, content, from) -> {
                FakeHub.cut(exchange, content, 0, SIZE / 2);
                await(killed);
                return true;
            });
            Path part = cache.resolve("models--acme--tiny/blobs")
                    .resolve(hub.files.get(WEIGHTS).oid() + Transfer.PARTIAL);
            Process process = start(hub);
            try {
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (!(Files.exists(part) && Files.size(part) == SIZE / 2) && System.nanoTime() < deadline) {
                    Thread.sleep(20);
                }
            } finally {
                // SIGKILL, where there are signals.
                process.destroyForcibly().waitFor();
            }
            killed.countDown();
            assertEquals(SIZE / 2, Files.size(part));
            hub.faults.clear();
            hub.requests.clear();
            Path folder = Hub.download(FakeHub.ID, hub.options(cache).build(), HubListener.NONE);
            assertArrayEquals(FakeHub.bytes(1, SIZE), Files.readAllBytes(folder.resolve(WEIGHTS)));
            assertEquals("bytes=" + SIZE / 2 + "-", hub.requests.stream().filter(r -> r.server().equals("store"))
                    .findFirst().orElseThrow().range());
        }
    }

    @Test
    void threadsOfOneProcessFetchAFileOnce() throws Exception {
        try (FakeHub hub = new FakeHub().model(SIZE)) {
            HubOptions options = hub.options(cache).build();
            try (var threads = java.util.concurrent.Executors.newFixedThreadPool(4)) {
                var tasks = java.util.Collections.<java.util.concurrent.Callable<Path>>nCopies(4,
                        () -> Hub.download(FakeHub.ID, options, HubListener.NONE));
                for (var task : threads.invokeAll(tasks)) {
                    assertEquals(Hub.resolve(FakeHub.ID, options), task.get());
                }
            }
            assertEquals(1, hub.count("store", "signature=1"));
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        await(latch, 30_000);
    }

    private static void await(CountDownLatch latch, int millis) throws IOException {
        try {
            latch.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
