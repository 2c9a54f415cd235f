package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HubDownloadTest {
    private static final int SIZE = 300_000;

    @TempDir
    private Path cache;
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub();
    }

    @AfterEach
    void end() {
        hub.close();
    }

    private Path download(String id) throws IOException {
        return Hub.download(HubId.parse(id), hub.options(cache).build(), HubListener.NONE);
    }

    private String refusal(String id) {
        return assertThrows(HubException.class, () -> download(id)).getMessage();
    }

    @Test
    void fetchesWhatIsNeededIntoTheLayoutOfTheHub() throws IOException {
        hub.model(SIZE);
        Path folder = download("acme/tiny");
        Path repo = cache.resolve("models--acme--tiny");
        assertEquals(repo.resolve("snapshots").resolve(FakeHub.COMMIT), folder);
        assertEquals(List.of("config.json", "model.safetensors", "tokenizer.json"), RepoFolder.files(folder));
        String hash = hub.files.get("model.safetensors").oid();
        assertEquals(Path.of("..", "..", "blobs", hash),
                Files.readSymbolicLink(folder.resolve("model.safetensors")));
        assertArrayEquals(FakeHub.bytes(1, SIZE), Files.readAllBytes(repo.resolve("blobs").resolve(hash)));
        assertEquals(FakeHub.COMMIT, Files.readString(repo.resolve("refs/main")));
        assertTrue(Files.exists(repo.resolve(".no_exist").resolve(FakeHub.COMMIT).resolve("generation_config.json")));
        assertTrue(Files.exists(cache.resolve(".locks/models--acme--tiny/" + hash + ".lock")));
        assertEquals(3, RepoFolder.files(repo.resolve("blobs")).size());
        assertEquals(folder, Hub.resolve(FakeHub.ID, hub.options(cache).build()));
        assertEquals(0, hub.count("hub", "README.md"));
    }

    @Test
    void whatIsThereIsNotFetchedAgain() throws IOException {
        hub.model(SIZE);
        download("acme/tiny");
        hub.requests.clear();
        download("acme/tiny@v1");
        assertEquals(List.of("/api/models/acme/tiny/revision/v1", "/api/models/acme/tiny/tree/" + FakeHub.COMMIT
                + "?recursive=true"), hub.requests.stream().map(FakeHub.Request::path).toList());
        assertEquals(FakeHub.COMMIT, Files.readString(cache.resolve("models--acme--tiny/refs/v1")));
        hub.requests.clear();
        Path folder = download("acme/tiny@" + FakeHub.COMMIT);
        assertEquals(1, hub.requests.size());
        assertFalse(Files.exists(cache.resolve("models--acme--tiny/refs/" + FakeHub.COMMIT)));
        // A link that another program has lost is made again.
        Files.delete(folder.resolve("config.json"));
        assertEquals(Optional.empty(), Hub.find(FakeHub.ID, hub.options(cache).build()));
        download("acme/tiny");
        assertEquals(folder, Hub.resolve(FakeHub.ID, hub.options(cache).build()));
    }

    @Test
    void fetchesShardsAtTheSameTime() throws IOException {
        CountDownLatch together = new CountDownLatch(3);
        hub.small("config.json", "{}");
        StringBuilder map = new StringBuilder("{\"weight_map\": {");
        for (int i = 1; i <= 3; i++) {
            String name = "model-0000" + i + "-of-00003.safetensors";
            map.append(i > 1 ? "," : "").append("\"t" + i + "\": \"" + name + "\"");
            hub.large(name, FakeHub.bytes(i, 1000 * i));
            hub.faults.put(name, (exchange, content, from) -> {
                together.countDown();
                try {
                    // Answers when all three were asked for.
                    assertTrue(together.await(10, TimeUnit.SECONDS));
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return false;
            });
        }
        hub.small("model.safetensors.index.json", map + "}}");
        List<Long> seen = new ArrayList<>();
        HubOptions options = hub.options(cache).timing(new HubOptions.Timing(java.time.Duration.ofSeconds(15),
                java.time.Duration.ZERO, java.time.Duration.ZERO, 1)).connections(3).build();
        Path folder = Hub.download(FakeHub.ID, options, new HubListener() {
            @Override
            public void started(int files, long bytes) {
                seen.add((long) files);
                seen.add(bytes);
            }

            @Override
            public void progress(long bytes) {
                seen.add(bytes);
            }
        });
        assertEquals(5, RepoFolder.files(folder).size());
        long bytes = RepoFolder.bytes(folder, RepoFolder.files(folder));
        assertEquals(List.of(5L, bytes), seen.subList(0, 2));
        assertEquals(bytes, seen.getLast());
        Files.delete(folder.resolve("model-00002-of-00003.safetensors"));
        String message = assertThrows(HubException.class, () -> Hub.resolve(FakeHub.ID, options)).getMessage();
        assertTrue(message.contains("model-00002-of-00003.safetensors is missing"), message);
    }

    @Test
    void fetchesOneGgufFileByItsType() throws IOException {
        hub.large("sub/m-Q4_K_M.gguf", FakeHub.bytes(1, 500)).large("m-Q8_0.gguf", FakeHub.bytes(2, 900))
                .small("config.json", "{}");
        Path file = download("acme/tiny:Q4_K_M");
        assertEquals("m-Q4_K_M.gguf", file.getFileName().toString());
        assertArrayEquals(FakeHub.bytes(1, 500), Files.readAllBytes(file));
        assertEquals(List.of("sub/m-Q4_K_M.gguf"), RepoFolder.files(file.getParent().getParent()));
        assertEquals(file, Hub.resolve(HubId.parse("acme/tiny"), hub.options(cache).build()));
        assertTrue(refusal("acme/tiny:Q2_K").contains("found m-Q8_0, m-Q4_K_M"));
    }

    @Test
    void fetchesASingleFile() throws IOException {
        hub.model(SIZE);
        HubOptions options = hub.options(cache).build();
        assertEquals(Optional.empty(), Hub.findFile(FakeHub.ID, "tokenizer.json", options));
        Path file = Hub.downloadFile(FakeHub.ID, "tokenizer.json", options, HubListener.NONE);
        assertEquals("{}", Files.readString(file));
        assertEquals(Optional.of(file), Hub.findFile(FakeHub.ID, "tokenizer.json", options));
        assertEquals(0, hub.count("store", ""));
        assertThrows(IllegalArgumentException.class, () -> Hub.findFile(FakeHub.ID, "../x", options));
    }

    @Test
    void theTokenGoesToTheHubAlone() throws IOException {
        hub.model(SIZE);
        HubOptions options = hub.options(cache).token("hf_secret").build();
        Hub.download(FakeHub.ID, options, HubListener.NONE);
        Set<String> servers = new java.util.HashSet<>();
        for (FakeHub.Request request : hub.requests) {
            servers.add(request.server());
            if (request.server().equals("hub")) {
                assertEquals("Bearer hf_secret", request.authorization(), request.path());
            } else {
                assertNull(request.authorization(), request.path());
            }
        }
        assertEquals(Set.of("hub", "store"), servers);
    }

    @Test
    void listsInPagesAreReadToTheEnd() throws IOException {
        hub.model(SIZE);
        String all = "[" + hub.files.entrySet().stream().map(e -> FakeHub.entry(e.getKey(), e.getValue()))
                .reduce((a, b) -> a + "," + b).orElseThrow() + "]";
        hub.tree = "[]";
        hub.faults.put("/tree/" + FakeHub.COMMIT, (exchange, content, from) -> {
            if (exchange.getRequestURI().toString().contains("cursor")) {
                FakeHub.send(exchange, 200, FakeHub.bytes(all));
                return true;
            }
            exchange.getResponseHeaders().set("Link", "<" + hub.address() + exchange.getRequestURI()
                    + "&cursor=2>; rel=\"next\"");
            return false;
        });
        assertEquals(3, RepoFolder.files(download("acme/tiny")).size());
    }

    @Test
    void nothingIsFetchedUnasked() throws IOException {
        hub.model(SIZE);
        HubOptions options = hub.options(cache).build();
        String message = assertThrows(HubException.class, () -> Hub.resolve(FakeHub.ID, options)).getMessage();
        assertEquals("acme/tiny: there is no such model in the cache " + cache, message);
        HubOptions offline = hub.options(cache).offline(true).build();
        message = assertThrows(HubException.class, () -> Hub.download(FakeHub.ID, offline, HubListener.NONE))
                .getMessage();
        assertTrue(message.contains("HF_HUB_OFFLINE"), message);
        assertEquals(List.of(), hub.requests);
        assertEquals(List.of(), RepoFolder.files(cache));
    }

    @Test
    void aStopLeavesWhatWasFetched() throws Exception {
        hub.model(SIZE);
        CountDownLatch sent = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        hub.faults.put("model.safetensors", (exchange, content, from) -> {
            FakeHub.cut(exchange, content, 0, 100_000);
            sent.countDown();
            try {
                ended.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return true;
        });
        long[] seen = {0};
        CancellationException stopped = assertThrows(CancellationException.class,
                () -> Hub.download(FakeHub.ID, hub.options(cache).build(), new HubListener() {
                    @Override
                    public void progress(long bytes) {
                        seen[0] = bytes;
                    }

                    @Override
                    public boolean isCancelled() {
                        return seen[0] >= 100_000;
                    }
                }));
        ended.countDown();
        assertTrue(stopped.getMessage().startsWith("acme/tiny: the download was stopped"), stopped.getMessage());
        assertFalse(Files.exists(cache.resolve("models--acme--tiny/refs/main")));
        hub.faults.clear();
        hub.requests.clear();
        download("acme/tiny");
        assertEquals("bytes=100000-", hub.requests.stream().filter(r -> r.server().equals("store")).findFirst()
                .orElseThrow().range());
    }

    @Test
    void anInterruptEndsADownload() throws Exception {
        hub.model(SIZE);
        CountDownLatch asked = new CountDownLatch(1);
        hub.faults.put("model.safetensors", (exchange, content, from) -> {
            asked.countDown();
            FakeHub.cut(exchange, content, 0, 1000);
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return true;
        });
        Throwable[] thrown = {null};
        boolean[] interrupted = {false};
        Thread thread = Thread.ofPlatform().start(() -> {
            thrown[0] = assertThrows(IOException.class, () -> download("acme/tiny"));
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        assertTrue(asked.await(10, TimeUnit.SECONDS));
        thread.interrupt();
        assertTrue(thread.join(java.time.Duration.ofSeconds(10)));
        assertTrue(thrown[0] instanceof java.io.InterruptedIOException, String.valueOf(thrown[0]));
        assertTrue(interrupted[0]);
    }

    @Test
    void aFullDiskIsNoticedBeforehand() throws IOException {
        hub.model(SIZE);
        HubOptions options = hub.options(cache).freeSpace(folder -> 1_000_000).build();
        String message = assertThrows(HubException.class,
                () -> Hub.download(FakeHub.ID, options, HubListener.NONE)).getMessage();
        assertEquals("acme/tiny: expected 68 MB of free space for " + cache + ", found 1 MB", message);
        assertEquals(0, hub.count("hub", "config.json"));
        // What is there needs no space.
        download("acme/tiny");
        Hub.download(FakeHub.ID, options, HubListener.NONE);
    }
}
