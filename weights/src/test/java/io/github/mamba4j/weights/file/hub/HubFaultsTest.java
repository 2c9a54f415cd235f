package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server or a connection that does not do what it should. */
class HubFaultsTest {
    private static final int SIZE = 200_000;
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    private Path cache;
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub().model(SIZE);
    }

    @AfterEach
    void end() {
        hub.close();
    }

    private Path download() throws IOException {
        return Hub.download(FakeHub.ID, hub.options(cache).build(), HubListener.NONE);
    }

    private String failure() {
        return failure(hub.options(cache).build());
    }

    private static String failure(HubOptions options) {
        HubException e = assertThrows(HubException.class,
                () -> Hub.download(FakeHub.ID, options, HubListener.NONE));
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        return e.getMessage();
    }

    private void assertFetched() throws IOException {
        assertArrayEquals(FakeHub.bytes(1, SIZE), Files.readAllBytes(download().resolve(WEIGHTS)));
        assertEquals(List.of(), partial());
    }

    private List<String> partial() throws IOException {
        return RepoFolder.files(blobs()).stream().filter(name -> name.endsWith("incomplete")).toList();
    }

    private Path blobs() {
        return cache.resolve("models--acme--tiny/blobs");
    }

    private Path part() {
        return blobs().resolve(hub.files.get(WEIGHTS).oid() + Transfer.PARTIAL);
    }

    private void assertNoWeights() {
        assertFalse(Files.exists(blobs().resolve(hub.files.get(WEIGHTS).oid())));
        assertFalse(Files.exists(cache.resolve("models--acme--tiny/refs/main")));
    }

    @Test
    void aCutConnectionIsTakenUpWhereItEnded() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            if (cuts.getAndIncrement() == 2) {
                return false;
            }
            FakeHub.cut(exchange, content, from, from + 50_000);
            return true;
        });
        assertFetched();
        assertEquals(List.of("null", "bytes=50000-", "bytes=100000-"), hub.requests.stream()
                .filter(r -> r.server().equals("store")).map(r -> String.valueOf(r.range())).toList());
    }

    @Test
    void attemptsEndAndTheNextDownloadGoesOn() throws IOException {
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            FakeHub.cut(exchange, content, from, from + 10_000);
            return true;
        });
        String message = failure();
        assertTrue(message.startsWith("acme/tiny: model.safetensors: "), message);
        assertTrue(message.endsWith("gave up after 3 attempts"), message);
        assertEquals(30_000, Files.size(part()));
        assertNoWeights();
        hub.faults.clear();
        hub.requests.clear();
        assertFetched();
        assertEquals("bytes=30000-", hub.requests.stream().filter(r -> r.path().contains(WEIGHTS)).findFirst()
                .orElseThrow().range());
    }

    @Test
    void aServerWithoutRangesBeginsAgain() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            if (cuts.getAndIncrement() == 0) {
                FakeHub.cut(exchange, content, 0, 50_000);
            } else {
                FakeHub.send(exchange, 200, content);
            }
            return true;
        });
        assertFetched();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-199999/200000", "bytes 50000-99999/100000", "nonsense", ""})
    void aRangeThatWasNotAskedForIsNotUsed(String range) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            switch (requests.getAndIncrement()) {
                case 0 -> FakeHub.cut(exchange, content, 0, 50_000);
                case 1 -> {
                    exchange.getResponseHeaders().set("Content-Range", range);
                    FakeHub.send(exchange, 206, content);
                }
                default -> {
                    return false;
                }
            }
            return true;
        });
        assertFetched();
        assertEquals(3, requests.get());
    }

    @Test
    void aWrongHashIsNotedAndThrownAway() throws IOException {
        byte[] other = FakeHub.bytes(7, SIZE);
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            FakeHub.send(exchange, 200, other);
            return true;
        });
        String message = failure();
        assertTrue(message.contains("expected content of the hash " + hub.files.get(WEIGHTS).oid()), message);
        assertEquals(List.of(), partial());
        assertNoWeights();
        assertEquals(1, hub.count("store", "signature=1"));
    }

    @Test
    void aSmallFileHasAHashToo() {
        hub.faults.put("config.json", (exchange, content, from) -> {
            FakeHub.send(exchange, 200, FakeHub.bytes(7, content.length));
            return true;
        });
        assertTrue(failure().startsWith("acme/tiny: config.json: expected content of the hash"));
    }

    @Test
    void aDamagedBeginningIsFetchedAgain() throws IOException {
        Files.createDirectories(blobs());
        Files.write(part(), FakeHub.bytes(9, 70_000));
        assertFetched();
        assertEquals(2, hub.count("store", "signature=1"));
        // Longer than the file: of no use.
        Files.delete(blobs().resolve(hub.files.get(WEIGHTS).oid()));
        Files.write(part(), FakeHub.bytes(9, SIZE + 1));
        assertFetched();
    }

    @Test
    void aCompleteBeginningNeedsNoRequest() throws IOException {
        Files.createDirectories(blobs());
        Files.write(part(), FakeHub.bytes(1, SIZE));
        assertFetched();
        assertEquals(0, hub.count("store", ""));
    }

    @Test
    void aBlobOfTheWrongLengthIsReplaced() throws IOException {
        Files.createDirectories(blobs());
        Files.write(blobs().resolve(hub.files.get(WEIGHTS).oid()), new byte[10]);
        assertFetched();
    }

    @Test
    void anotherHashOfTheHubIsRefused() throws IOException {
        FakeHub.Stored listed = hub.files.get(WEIGHTS);
        hub.tree = "[" + FakeHub.entry("config.json", hub.files.get("config.json")) + ","
                + FakeHub.entry(WEIGHTS, listed) + "]";
        hub.large(WEIGHTS, FakeHub.bytes(5, SIZE));
        String message = failure();
        assertTrue(message.contains("the server has " + hub.files.get(WEIGHTS).oid()), message);
        assertEquals(0, Files.size(blobs().resolve(listed.oid() + Transfer.PARTIAL)));
    }

    @Test
    void anEndlessBodyIsCutOff() throws IOException {
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (int i = 0; i < 100_000; i++) {
                out.write(content);
            }
            return true;
        });
        String message = failure();
        assertTrue(message.contains("expected 200000 bytes, found more"), message);
        assertNoWeights();
        hub.faults.clear();
        hub.faults.put("/tree/" + FakeHub.COMMIT, (exchange, content, from) -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            for (int i = 0; i < 1000; i++) {
                out.write(new byte[1 << 16]);
            }
            return true;
        });
        assertTrue(failure().contains("expected at most 16777216 bytes, found more"));
    }

    @Test
    void anotherLengthIsRefused() {
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            FakeHub.send(exchange, 200, new byte[10]);
            return true;
        });
        assertEquals("acme/tiny: model.safetensors: expected 200000 bytes, the server has 10", failure());
    }

    @Test
    void aSilentServerIsGivenUp() {
        HubOptions options = hub.options(cache).timing(
                new HubOptions.Timing(Duration.ofMillis(300), Duration.ZERO, Duration.ZERO, 1)).build();
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            FakeHub.cut(exchange, content, from, from + 10);
            pause(3000);
            return true;
        });
        String message = failure(options);
        assertTrue(message.contains("the server sent nothing for 0.3 s"), message);
        hub.faults.clear();
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            pause(3000);
            return true;
        });
        assertTrue(failure(options).contains("127.0.0.1 does not answer"));
    }

    @Test
    void aSlowServerIsWaitedFor() throws IOException {
        hub.faults.put(WEIGHTS, (exchange, content, from) -> {
            exchange.sendResponseHeaders(200, content.length);
            for (int i = 0; i < 4; i++) {
                pause(400);
                exchange.getResponseBody().write(content, i * SIZE / 4, SIZE / 4);
                exchange.getResponseBody().flush();
            }
            return true;
        });
        // All of it takes longer than it may be silent.
        HubOptions options = hub.options(cache).timing(
                new HubOptions.Timing(Duration.ofMillis(1500), Duration.ZERO, Duration.ZERO, 1)).build();
        Path folder = Hub.download(FakeHub.ID, options, HubListener.NONE);
        assertArrayEquals(FakeHub.bytes(1, SIZE), Files.readAllBytes(folder.resolve(WEIGHTS)));
    }

    private static void pause(int millis) throws IOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        401 |                  | or shows it only to those with a token: check the name, or set HF_TOKEN (status 401)
        403 | GatedRepo        | asks to accept the model's terms on its page first (status 403): be polite
        403 |                  | does not allow it without a token (status 403)
        404 | RepoNotFound     | has no such model (status 404)
        404 | RevisionNotFound | has no such revision (status 404)
        418 |                  | gave an unexpected answer (status 418)
        416 |                  | has no such part of the file (status 416)
        """)
    void aRefusalIsFinal(int status, String code, String expected) throws IOException {
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            if (code != null) {
                exchange.getResponseHeaders().set("X-Error-Code", code);
                exchange.getResponseHeaders().set("X-Error-Message", "be polite");
            }
            FakeHub.send(exchange, status, FakeHub.bytes("<html>long story</html>"));
            return true;
        });
        String message = failure();
        assertTrue(message.startsWith("acme/tiny: 127.0.0.1 "), message);
        assertTrue(message.contains(expected), message);
        assertEquals(1, hub.requests.size());
        assertNothingWritten();
    }

    private void assertNothingWritten() throws IOException {
        assertEquals(List.of(), RepoFolder.files(cache));
    }

    @Test
    void aRefusalWithATokenBlamesTheToken() {
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            FakeHub.send(exchange, 401, new byte[0]);
            return true;
        });
        HubOptions options = hub.options(cache).token("hf_secret").build();
        String message = assertThrows(HubException.class,
                () -> Hub.download(FakeHub.ID, options, HubListener.NONE)).getMessage();
        assertTrue(message.contains("does not accept the token"), message);
        assertFalse(message.contains("hf_secret"), message);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503})
    void aBusyServerIsAskedAgain(int status) throws IOException {
        AtomicInteger requests = new AtomicInteger();
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            if (requests.getAndIncrement() == 2) {
                return false;
            }
            FakeHub.send(exchange, status, new byte[0]);
            return true;
        });
        assertFetched();
        assertEquals(3, requests.get());
        requests.set(100);
        String message = failure();
        assertTrue(message.endsWith("(status " + status + "); gave up after 3 attempts"), message);
        assertEquals(103, requests.get());
    }

    @Test
    void theServerSaysHowLongToWait() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            if (requests.getAndIncrement() > 0) {
                return false;
            }
            exchange.getResponseHeaders().set("Retry-After", "1");
            FakeHub.send(exchange, 429, new byte[0]);
            return true;
        });
        long start = System.nanoTime();
        assertFetched();
        assertTrue(System.nanoTime() - start >= Duration.ofSeconds(1).toNanos());
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "999999999", "Fri, 31 Dec 2100 23:59:59 GMT"})
    void butNotForEver(String wait) {
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            exchange.getResponseHeaders().set("Retry-After", wait);
            FakeHub.send(exchange, 429, new byte[0]);
            return true;
        });
        String message = failure();
        assertTrue(message.matches(".*\\(status 429\\); it asks to wait for \\d+ s"), message);
        assertEquals(1, hub.requests.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://user@127.0.0.1/x", "http://", "::"})
    void aRedirectLeadsToAWebServerOnly(String location) {
        hub.faults.put("/resolve/" + FakeHub.COMMIT + "/config.json", (exchange, content, from) -> {
            exchange.getResponseHeaders().set("Location", location);
            exchange.sendResponseHeaders(302, -1);
            return true;
        });
        String message = failure();
        assertTrue(message.startsWith("acme/tiny: config.json: expected "), message);
        assertTrue(message.contains("redirect"), message);
    }

    @Test
    void redirectsEnd() {
        hub.faults.put("/resolve/" + FakeHub.COMMIT + "/config.json", (exchange, content, from) -> {
            exchange.getResponseHeaders().set("Location", exchange.getRequestURI().toString());
            exchange.sendResponseHeaders(307, -1);
            return true;
        });
        assertTrue(failure().contains("expected at most 10 redirects, found more"));
        assertEquals(11, hub.count("hub", "/config.json"));
    }

    @Test
    void aServerThatIsNotThereIsNamed() {
        HubOptions options = hub.options(cache).build();
        hub.close();
        String message = assertThrows(HubException.class,
                () -> Hub.download(FakeHub.ID, options, HubListener.NONE)).getMessage();
        assertTrue(message.startsWith("acme/tiny: no connection to 127.0.0.1:"), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "/etc/x", "a/../../x", "a//x", "./x", "a\\\\..\\\\x", "a/\\u0000x", "a/\\nx", "",
            "a/ /x"})
    void aHostilePathIsRefused(String path) throws IOException {
        assertListRefused("{\"type\": \"file\", \"path\": \"" + path + "\", \"size\": 1, \"oid\": \"" + "a".repeat(40)
                + "\"}", "expected a path inside the repository");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "4398046511105", "99999999999999999999", "1.5", "\"1\"", "null"})
    void aHostileSizeIsRefused(String size) throws IOException {
        assertListRefused("{\"type\": \"file\", \"path\": \"x\", \"size\": " + size + ", \"oid\": \"" + "a".repeat(40)
                + "\"}", "x: expected a size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../x", "", "abc", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void aHostileHashIsRefused(String hash) throws IOException {
        assertListRefused("{\"type\": \"file\", \"path\": \"x\", \"size\": 1, \"lfs\": {\"size\": 1, \"oid\": \""
                + hash + "\"}, \"oid\": \"" + "a".repeat(40) + "\"}", "x: expected a hash");
    }

    private void assertListRefused(String entry, String expected) throws IOException {
        hub.tree = "[" + FakeHub.entry("config.json", hub.files.get("config.json")) + "," + entry + "]";
        String message = failure();
        assertTrue(message.contains(expected), message);
        assertNothingWritten();
    }

    @Test
    void aHostileIndexIsRefused() {
        hub.files.remove(WEIGHTS);
        for (String shard : List.of("../../x.safetensors", "a/x.safetensors", ".safetensors", "x.txt")) {
            hub.small("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"" + shard + "\"}}");
            String message = failure();
            assertTrue(message.contains("weight_map: expected the name of a file of weights"), message);
        }
        hub.small("model.safetensors.index.json", "{\"weight_map\": {\"a\": \"other.safetensors\"}}");
        assertTrue(failure().contains("expected a file other.safetensors, found none"));
        hub.small("model.safetensors.index.json", "{}");
        assertTrue(failure().contains("weight_map: expected 1 to 10000 files, found 0"));
    }

    @Test
    void listsThatAreTooLongAreRefused() {
        StringBuilder many = new StringBuilder("[");
        for (int i = 0; i < 50_001; i++) {
            many.append(i > 0 ? "," : "").append("{\"type\":\"file\",\"path\":\"").append(i).append("\",\"size\":1,")
                    .append("\"oid\":\"").append("a".repeat(40)).append("\"}");
        }
        hub.tree = many + "]";
        assertTrue(failure().contains("expected at most 50000 files, found more"));
        hub.tree = "[]";
        hub.faults.put("/tree/" + FakeHub.COMMIT, (exchange, content, from) -> {
            exchange.getResponseHeaders().set("Link", "<" + exchange.getRequestURI() + ">; rel=\"next\"");
            return false;
        });
        assertTrue(failure().contains("expected at most 200 pages of files, found more"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[", "null", "<html>", "{\"sha\": 5}", "{\"sha\": \"../../x\"}"})
    void whatIsNoAnswerOfTheHubIsRefused(String answer) throws IOException {
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            FakeHub.send(exchange, 200, FakeHub.bytes(answer));
            return true;
        });
        assertTrue(failure().startsWith("acme/tiny: "));
        hub.faults.clear();
        hub.tree = answer;
        assertTrue(failure().startsWith("acme/tiny: "));
        assertNothingWritten();
    }

    @Test
    void whatAServerWritesBreaksNoLine() {
        hub.faults.put("/revision/main", (exchange, content, from) -> {
            exchange.getResponseHeaders().set("X-Error-Message", "\u001b[31mred " + "x".repeat(5000));
            FakeHub.send(exchange, 403, new byte[0]);
            return true;
        });
        String message = failure();
        assertFalse(message.contains("\u001b"), message);
        assertTrue(message.length() < 400, message);
    }

    @Test
    void aDiskThatCannotBeWrittenIsNamed() throws IOException {
        Files.createDirectories(part());
        IOException e = assertThrows(IOException.class, this::download);
        assertTrue(e.getMessage().contains("incomplete"), e.getMessage());
    }
}
