package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code download}, {@code list}, {@code remove} and {@code --model NAME}, with a server on the loopback interface. */
class HubCommandsTest {
    private static final String COMMIT = "abcdef0123".repeat(4);

    @TempDir
    private Path folder;
    private final Map<String, Map<String, byte[]>> repositories = new TreeMap<>();
    private HttpServer server;
    private int requests;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        repositories.put("acme/tiny", Map.of("config.json", read("mamba-base", "config.json"), "model.safetensors",
                read("mamba-base", "model.safetensors")));
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private static byte[] read(String model, String name) throws IOException {
        return Files.readAllBytes(Path.of(golden(model), name));
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests++;
        String path = exchange.getRequestURI().getPath();
        byte[] content = null;
        for (Map.Entry<String, Map<String, byte[]>> repository : repositories.entrySet()) {
            String api = "/api/models/" + repository.getKey();
            String resolve = "/" + repository.getKey() + "/resolve/" + COMMIT + "/";
            if (path.startsWith(api + "/revision/")) {
                content = ("{\"sha\": \"" + COMMIT + "\"}").getBytes(StandardCharsets.UTF_8);
            } else if (path.startsWith(api + "/tree/")) {
                content = repository.getValue().entrySet().stream().map(e -> entry(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(",", "[", "]")).getBytes(StandardCharsets.UTF_8);
            } else if (path.startsWith(resolve)) {
                content = repository.getValue().get(path.substring(resolve.length()));
            }
        }
        try (exchange) {
            exchange.sendResponseHeaders(content == null ? 404 : 200, content == null ? -1 : content.length);
            if (content != null) {
                exchange.getResponseBody().write(content);
            }
        }
    }

    private static String hash(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String entry(String path, byte[] content) {
        return "{\"type\": \"file\", \"path\": \"" + path + "\", \"size\": " + content.length + ", \"oid\": \""
                + hash(content) + "\"}";
    }

    private CliRun mamba(String... args) {
        return mamba(false, "", args);
    }

    private CliRun mamba(boolean interactive, String input, String... args) {
        Map<String, String> environment = Map.of("HF_HOME", folder.toString(), "HF_ENDPOINT",
                "http://127.0.0.1:" + server.getAddress().getPort());
        return CliRun.mamba(environment, interactive, input, args);
    }

    private Path snapshot(String name) {
        return folder.resolve("hub").resolve("models--" + name.replace("/", "--")).resolve("snapshots").resolve(COMMIT);
    }

    @Test
    void aDownloadedModelRunsByItsName() throws IOException {
        assertEquals(snapshot("acme/tiny") + "\n", mamba("download", "acme/tiny").succeeded().out());
        int after = requests;
        String info = mamba("info", "--model", "acme/tiny").succeeded().out();
        assertTrue(info.contains(snapshot("acme/tiny").toString()), info);
        assertEquals(after, requests);
        String text = mamba("generate", "--model", "hf://acme/tiny@" + COMMIT, "--token-ids", "1,2",
                "--max-new-tokens", "2").succeeded().out();
        assertFalse(text.isBlank());
        assertEquals("acme/tiny", mamba("download", "acme/tiny", "--json").json().get("id").textValue());
    }

    @Test
    void nothingIsDownloadedUnasked() {
        mamba("info", "--model", "acme/tiny").failed(1, "--model: no such folder or file",
                "acme/tiny: there is no such model in the cache", "'mamba download acme/tiny' fetches it");
        CliRun no = mamba(true, "no\n", "info", "--model", "acme/tiny");
        assertEquals(1, no.code());
        assertTrue(no.err().startsWith("acme/tiny is not in the cache. Download it? [y/N] mamba: error: "), no.err());
        assertEquals(0, requests);
        assertFalse(Files.exists(folder.resolve("hub")));
    }

    @Test
    void aYesOrAnOptionDownloads() throws IOException {
        CliRun yes = mamba(true, "y\nrest", "info", "--model", "acme/tiny");
        assertEquals(0, yes.code(), yes.err());
        assertEquals("acme/tiny is not in the cache. Download it? [y/N] ", yes.err());
        assertTrue(yes.out().contains(snapshot("acme/tiny").toString()), yes.out());
        mamba("remove", "acme/tiny", "--yes").succeeded();
        mamba("info", "--model", "acme/tiny", "--download").succeeded();
    }

    @Test
    void theAuthorsModelsHaveTheirTokenizer() throws IOException {
        String config = "{\"d_model\": 8, \"n_layer\": 1, \"vocab_size\": 50277, \"ssm_cfg\": {}}";
        repositories.put("authors/m", Map.of("config.json", config.getBytes(StandardCharsets.UTF_8),
                "model.safetensors", embedding(50280, 8)));
        Path tokenizer = Path.of("..", "..", "weights", "src", "main", "resources", "io", "github", "mamba4j",
                "weights",
                "tinystories-mamba-2m", "tokenizer.json");
        repositories.put("EleutherAI/gpt-neox-20b",
                Map.of("tokenizer.json", Files.readAllBytes(tokenizer), "other.bin", new byte[5]));
        mamba("download", "authors/m").succeeded();
        assertTrue(Files.exists(snapshot("EleutherAI/gpt-neox-20b").resolve("tokenizer.json")));
        assertFalse(Files.exists(snapshot("EleutherAI/gpt-neox-20b").resolve("other.bin")));
        assertEquals(CliRun.mamba("tokenize", "Once upon a time").succeeded().out(),
                mamba("tokenize", "--model", "authors/m", "Once upon a time").succeeded().out());
        mamba("remove", "EleutherAI/gpt-neox-20b", "--yes").succeeded();
        mamba("tokenize", "--model", "authors/m", "Once upon a time").failed(1, "tokenizer.json");
    }

    /** A checkpoint that holds an embedding of zeros and nothing else. */
    private static byte[] embedding(int rows, int columns) {
        int bytes = rows * columns * Short.BYTES;
        byte[] header = ("{\"backbone.embedding.weight\":{\"dtype\":\"F16\",\"shape\":[" + rows + "," + columns
                + "],\"data_offsets\":[0," + bytes + "]}}").getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + header.length + bytes).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length).put(header).array();
    }

    @Test
    void listsWhatIsThere() throws IOException {
        assertEquals("no models in " + folder.resolve("hub") + "\n", mamba("list").succeeded().out());
        mamba("download", "acme/tiny").succeeded();
        Path other = folder.resolve("hub/models--acme--bert");
        Files.createDirectories(other.resolve("refs"));
        Files.writeString(other.resolve("refs/main"), COMMIT);
        Files.createDirectories(other.resolve("snapshots").resolve(COMMIT));
        Files.writeString(other.resolve("snapshots").resolve(COMMIT).resolve("config.json"),
                "{\"model_type\": \"bert\"}");
        Files.write(other.resolve("snapshots").resolve(COMMIT).resolve("model.safetensors"), new byte[2000]);
        Files.createDirectories(folder.resolve("hub/models--acme--half/snapshots"));
        List<String> lines = mamba("list").succeeded().out().lines().toList();
        assertEquals("NAME            SIZE  FORMAT       RUNS", lines.getFirst());
        assertTrue(lines.get(1).startsWith("acme/bert     2.0 kB  safetensors  no: config.json: "), lines.get(1));
        assertTrue(lines.get(1).contains("bert"), lines.get(1));
        assertEquals("acme/half    0 bytes  incomplete   no: files are missing; 'mamba download acme/half'",
                lines.get(2));
        assertTrue(lines.get(3).matches("acme/tiny +\\d+\\.\\d kB  safetensors  yes"), lines.get(3));
        JsonNode json = mamba("list", "--json").json();
        assertEquals(folder.resolve("hub").toString(), json.get("cache").textValue());
        assertEquals(3, json.get("models").size());
        assertTrue(json.at("/models/2/runs").booleanValue());
        assertTrue(json.at("/models/2/reason").isNull());
        assertEquals(snapshot("acme/tiny").toString(), json.at("/models/2/path").textValue());
    }

    @Test
    void removingAsksFirst() {
        mamba("download", "acme/tiny").succeeded();
        mamba("remove", "acme/tiny").failed(1, "--yes removes acme/tiny without asking");
        CliRun no = mamba(true, "\n", "remove", "acme/tiny");
        assertEquals(1, no.code());
        assertTrue(Files.exists(snapshot("acme/tiny")));
        CliRun yes = mamba(true, "YES\n", "remove", "acme/tiny");
        assertEquals(0, yes.code(), yes.err());
        assertTrue(yes.out().matches("removed acme/tiny, \\d+\\.\\d kB are free now\n"), yes.out());
        assertFalse(Files.exists(snapshot("acme/tiny")));
        mamba("remove", "acme/tiny", "--yes").failed(1, "acme/tiny: there is no such model in the cache");
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void ctrlCLeavesADownloadThatGoesOn() throws Exception {
        byte[] weights = new byte[100_000];
        repositories.put("acme/slow", Map.of("config.json", read("mamba-base", "config.json"), "model.safetensors",
                weights));
        var sent = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        server.createContext("/acme/slow/resolve/" + COMMIT + "/model.safetensors", exchange -> {
            exchange.sendResponseHeaders(200, weights.length);
            exchange.getResponseBody().write(weights, 0, 60_000);
            exchange.getResponseBody().flush();
            sent.countDown();
            // Until the process has gone.
            new Thread(() -> {
                await(ended);
                exchange.close();
            }).start();
        });
        var builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@"
                + Path.of("target", "launcher", "java.args"), "-cp", System.getProperty("java.class.path"),
                Mamba.class.getName(), "download", "acme/slow");
        builder.environment().put("HF_HOME", folder.toString());
        builder.environment().put("HF_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort());
        Process process = builder.redirectErrorStream(true).start();
        try {
            assertTrue(sent.await(60, TimeUnit.SECONDS));
            Path part = folder.resolve("hub/models--acme--slow/blobs")
                    .resolve(hash(weights) + ".mamba4j.incomplete");
            while (process.isAlive() && !(Files.exists(part) && Files.size(part) == 60_000)) {
                Thread.sleep(20);
            }
            assertEquals(0, new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor());
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(60, TimeUnit.SECONDS));
            assertEquals(130, process.exitValue(), output);
            assertEquals(60_000, Files.size(part));
        } finally {
            ended.countDown();
            process.destroyForcibly();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatCannotBeDownloadedIsSaidInALine() {
        mamba("download", "acme/huge").failed(1, "acme/huge: 127.0.0.1 has no such model (status 404)");
        mamba("download", "acme/tiny:Q4_K_M").failed(1, "acme/tiny:Q4_K_M: expected a GGUF file of type Q4_K_M");
        mamba("download", "tiny").failed(2, "expected owner/name[@revision][:QUANT], found 'tiny'");
        mamba("download").failed(2, "MODEL");
        mamba("remove", "../x", "--yes").failed(2, "expected ");
    }
}
