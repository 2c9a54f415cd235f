package io.github.mamba4j.weights.file.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * A server on the loopback interface that answers as the hub does: one repository, small files from the hub itself, large
 * ones by a redirect to a second server. Faults are put in its way.
 */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final HubId ID = HubId.parse("acme/tiny");

    /** What was asked, and where. */
    record Request(String server, String path, String authorization, String range) {}

    /** A file. */
    record Stored(byte[] content, boolean large) {
        String oid() {
            byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
            return large ? digest("SHA-256", content) : digest("SHA-1", head, content);
        }
    }

    /** Answers in the place of a server. */
    interface Fault {
        /** Returns false to let the server answer. */
        boolean answer(HttpExchange exchange, byte[] content, int from) throws IOException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final Map<String, Stored> files = new ConcurrentSkipListMap<>();
    /** By the end of the path. */
    final Map<String, Fault> faults = new ConcurrentHashMap<>();
    /** What the tree answers, if not the list of the files. */
    volatile String tree;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer hub;
    private final HttpServer store;

    FakeHub() throws IOException {
        hub = server("hub", this::answerHub);
        store = server("store", this::answerStore);
    }

    /** Handles a request. */
    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private HttpServer server(String name, Handler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.add(new Request(name, exchange.getRequestURI().toString(), header(exchange, "Authorization"),
                    header(exchange, "Range")));
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
        return server;
    }

    private static String header(HttpExchange exchange, String name) {
        return exchange.getRequestHeaders().getFirst(name);
    }

    FakeHub small(String path, String content) {
        files.put(path, new Stored(content.getBytes(StandardCharsets.UTF_8), false));
        return this;
    }

    FakeHub large(String path, byte[] content) {
        files.put(path, new Stored(content, true));
        return this;
    }

    /** A model with weights of so many bytes. */
    FakeHub model(int bytes) {
        return small("config.json", "{\"model_type\": \"mamba\"}").small("tokenizer.json", "{}")
                .large("model.safetensors", bytes(1, bytes)).small("README.md", "read me");
    }

    static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + hub.getAddress().getPort());
    }

    URI storeAddress() {
        return URI.create("http://127.0.0.1:" + store.getAddress().getPort());
    }

    HubOptions.Builder options(Path cache) {
        return HubOptions.builder().cache(cache).endpoint(address()).timing(new HubOptions.Timing(
                Duration.ofSeconds(15), Duration.ofMillis(5), Duration.ofSeconds(2), 3))
                .freeSpace(folder -> Long.MAX_VALUE);
    }

    long count(String server, String pathEnd) {
        return requests.stream().filter(r -> r.server().equals(server) && r.path().endsWith(pathEnd)).count();
    }

    private void answerHub(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String resolve = "/" + ID.repository() + "/resolve/" + COMMIT + "/";
        if (isFaulty(exchange, path)) {
            return;
        }
        if (path.matches("/api/models/" + ID.repository() + "/revision/(main|v1)")) {
            send(exchange, 200, bytes("{\"id\": \"" + ID.repository() + "\", \"sha\": \"" + COMMIT + "\"}"));
        } else if (path.equals("/api/models/" + ID.repository() + "/tree/" + COMMIT)) {
            send(exchange, 200, bytes(tree == null ? listing() : tree));
        } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
            answerFile(exchange, path.substring(resolve.length()));
        } else {
            exchange.getResponseHeaders().set("X-Error-Code",
                    path.contains("/revision/") ? "RevisionNotFound" : "RepoNotFound");
            send(exchange, 404, bytes("{\"error\": \"not found\"}"));
        }
    }

    private void answerFile(HttpExchange exchange, String path) throws IOException {
        Stored file = files.get(path);
        if (file.large()) {
            exchange.getResponseHeaders().set("X-Linked-ETag", '"' + file.oid() + '"');
            exchange.getResponseHeaders().set("X-Linked-Size", "" + file.content().length);
            exchange.getResponseHeaders().set("Location", storeAddress() + "/" + path + "?signature=1");
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("ETag", '"' + file.oid() + '"');
            sendFrom(exchange, file.content());
        }
    }

    private void answerStore(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!isFaulty(exchange, path)) {
            exchange.getResponseHeaders().set("ETag", "\"another-kind-of-tag\"");
            sendFrom(exchange, files.get(path.substring(1)).content());
        }
    }

    private boolean isFaulty(HttpExchange exchange, String path) throws IOException {
        boolean inStore = exchange.getLocalAddress().getPort() == store.getAddress().getPort();
        for (Map.Entry<String, Fault> fault : faults.entrySet()) {
            // A large file's own fault is the store's.
            Stored file = files.get(fault.getKey());
            if (path.endsWith(fault.getKey()) && (file == null || file.large() == inStore)) {
                byte[] content = file == null ? new byte[0] : file.content();
                return fault.getValue().answer(exchange, content, from(exchange));
            }
        }
        return false;
    }

    private String listing() {
        return files.entrySet().stream().map(e -> entry(e.getKey(), e.getValue()))
                .collect(
                        Collectors.joining(", ", "[{\"type\": \"directory\", \"oid\": \"1\", \"path\": \"x\"}, ", "]"));
    }

    static String entry(String path, Stored file) {
        String plain = "{\"type\": \"file\", \"oid\": \"" + digest("SHA-1", file.content()) + "\", \"size\": "
                + file.content().length + ", \"path\": \"" + path + '"';
        return file.large()
                ? plain + ", \"lfs\": {\"oid\": \"" + file.oid() + "\", \"size\": " + file.content().length
                        + ", \"pointerSize\": 134}}"
                : plain.replace(digest("SHA-1", file.content()), file.oid()) + "}";
    }

    static int from(HttpExchange exchange) {
        String range = header(exchange, "Range");
        return range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
    }

    static void sendFrom(HttpExchange exchange, byte[] content) throws IOException {
        int from = from(exchange);
        if (from == 0) {
            send(exchange, 200, content);
        } else if (from >= content.length) {
            send(exchange, 416, new byte[0]);
        } else {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            send(exchange, 206, Arrays.copyOfRange(content, from, content.length));
        }
    }

    static void send(HttpExchange exchange, int status, byte[] content) throws IOException {
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        exchange.getResponseBody().write(content);
    }

    /** Announces all that is asked for and sends a part of it. */
    static void cut(HttpExchange exchange, byte[] content, int from, int to) throws IOException {
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range",
                    "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, content.length - from);
        OutputStream out = exchange.getResponseBody();
        out.write(content, from, to - from);
        out.flush();
    }

    static String digest(String algorithm, byte[]... parts) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            for (byte[] part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        hub.stop(0);
        store.stop(0);
        threads.shutdownNow();
    }
}
