package io.github.mamba4j.weights.file.hub;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Requests to the hub. Redirects are followed here, because the token may be sent to the hub's own host only: files lie
 * on other hosts, under addresses that are secrets of their own. Thread-safe.
 */
final class HubClient implements AutoCloseable {
    private static final int MAX_REDIRECTS = 10;
    private static final long TICK_MILLIS = 50;
    private static final Duration CONNECT = Duration.ofSeconds(15);

    private final HubOptions options;
    private final Optional<String> token;
    private final Stop stop;
    private final HttpClient client;

    /**
     * An answer.
     *
     * @param status 200, 206 or 416
     * @param first the headers of the hub's own answer, before any redirect
     * @param headers the headers of the last answer
     * @param body the body, to be closed
     */
    record Answer(int status, HttpHeaders first, HttpHeaders headers, ResponseBody body) implements AutoCloseable {
        @Override
        public void close() {
            body.close();
        }
    }

    HubClient(HubOptions options, Stop stop) throws HubException {
        this.options = options;
        this.stop = stop;
        token = options.token();
        // One connection for each file: shards that share one would wait for each other.
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER).build();
    }

    /**
     * Asks for a document.
     *
     * @param what is asked for, for messages
     * @param address where it is
     * @param from the first byte that is wanted, 0 for all
     * @return the answer, whose status is 200, or 206 or 416 if a part was asked for
     * @throws RetryableException if it may be worth to ask again
     * @throws HubException if it is not
     */
    Answer get(String what, URI address, long from) throws IOException {
        URI here = address;
        HttpHeaders first = null;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            HttpResponse<ResponseBody> response = send(what, here, from);
            first = first == null ? response.headers() : first;
            int status = response.statusCode();
            if (status == 200 || from > 0 && (status == 206 || status == 416)) {
                return new Answer(status, first, response.headers(), response.body());
            }
            response.body().close();
            if (status < 300 || status >= 400 || status == 304) {
                throw HubErrors.of(what, here, status, response.headers(), isHub(here) && token.isPresent());
            }
            here = redirect(what, here, response.headers());
        }
        throw new HubException(what + ": expected at most " + MAX_REDIRECTS + " redirects, found more");
    }

    /**
     * Reads a short document as a whole.
     *
     * @param what is asked for, for messages
     * @param address where it is
     * @param maxBytes refused if it is longer
     * @return its content and the headers
     */
    Document read(String what, URI address, int maxBytes) throws IOException {
        var content = new ByteArrayOutputStream();
        try (Answer answer = get(what, address, 0)) {
            Duration stall = options.timing().stall();
            for (ByteBuffer piece = answer.body().next(stall, stop); piece != null; piece = answer.body().next(stall,
                    stop)) {
                if (content.size() + piece.remaining() > maxBytes) {
                    throw new HubException(what + ": expected at most " + maxBytes + " bytes, found more");
                }
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                content.write(bytes, 0, bytes.length);
            }
            return new Document(content.toByteArray(), answer.headers());
        }
    }

    /**
     * A short document.
     *
     * @param content its bytes
     * @param headers those of the answer
     */
    record Document(byte[] content, HttpHeaders headers) {}

    private HttpResponse<ResponseBody> send(String what, URI address, long from) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("User-Agent", "mamba4j")
                .header("Accept-Encoding", "identity");
        if (from > 0) {
            request.header("Range", "bytes=" + from + "-");
        }
        if (isHub(address)) {
            token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        }
        return await(what, address, client.sendAsync(request.build(), info -> new ResponseBody()));
    }

    private HttpResponse<ResponseBody> await(String what, URI address,
            CompletableFuture<HttpResponse<ResponseBody>> answer) throws IOException {
        Duration limit = options.timing().stall();
        long start = System.nanoTime();
        boolean arrived = false;
        try {
            while (System.nanoTime() - start < limit.toNanos()) {
                stop.check();
                try {
                    HttpResponse<ResponseBody> response = answer.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
                    arrived = true;
                    return response;
                } catch (TimeoutException e) {
                    // Nothing yet: looks whether to stop, and waits on.
                    continue;
                }
            }
            throw new RetryableException(what + ": " + address.getHost() + " does not answer");
        } catch (InterruptedException e) {
            throw stop.interrupted();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
            throw new RetryableException(
                    what + ": no connection to " + address.getAuthority() + " (" + reason + ")", cause);
        } finally {
            if (!arrived) {
                answer.cancel(true);
            }
        }
    }

    private boolean isHub(URI address) {
        return origin(address).equals(origin(options.endpoint()));
    }

    private static String origin(URI address) {
        String scheme = address.getScheme().toLowerCase(Locale.ROOT);
        int port = address.getPort() >= 0 ? address.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + address.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    private static URI redirect(String what, URI from, HttpHeaders headers) throws HubException {
        String location = headers.firstValue("Location").orElse("");
        URI to;
        try {
            to = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new HubException(what + ": expected the address of a redirect, found '" + location + "'", e);
        }
        return checked(what, from, to);
    }

    /** An address that a server gave: what was asked for in secret is not asked for in the open. */
    static URI checked(String what, URI from, URI to) throws HubException {
        String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
        boolean allowed = scheme.equals("https") || scheme.equals("http") && scheme.equalsIgnoreCase(from.getScheme());
        if (!allowed || to.getHost() == null || to.getUserInfo() != null) {
            // The whole address may hold a signature.
            throw new HubException(what + ": expected a redirect to https, found one to " + scheme + "://"
                    + to.getHost());
        }
        return to;
    }

    @Override
    public void close() {
        client.shutdownNow();
        client.close();
    }
}
