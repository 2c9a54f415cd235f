package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fetches files into the blobs of a repository. Thread-safe: one thread for each file. */
final class Transfer {
    /**
     * What a half-fetched file is called after its hash: not as other programs call theirs, so that no two write to one
     * file, but with the ending by which huggingface_hub finds such files to clean them up.
     */
    static final String PARTIAL = ".mamba4j.incomplete";

    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    private final HubId id;
    private final HubOptions options;
    private final RepoFolder repo;
    private final HubClient client;
    private final Retry retry;
    private final Stop stop;
    private final AtomicLong done;

    /**
     * Prepares.
     *
     * @param id the model, for messages
     * @param options where the cache is and how long to wait
     * @param client asks the hub
     * @param stop ends the work
     * @param done counts the bytes that are there
     */
    Transfer(HubId id, HubOptions options, HubClient client, Stop stop, AtomicLong done) {
        this.id = id;
        this.options = options;
        this.client = client;
        this.stop = stop;
        this.done = done;
        repo = RepoFolder.of(options.cache(), id);
        retry = new Retry(options.timing(), stop);
    }

    /** How many bytes of a file need not be fetched. */
    long there(HubFile file) throws IOException {
        if (isThere(file)) {
            return file.size();
        }
        Path part = part(file);
        return Files.isRegularFile(part) ? Math.min(Files.size(part), file.size()) : 0;
    }

    private boolean isThere(HubFile file) throws IOException {
        Path blob = blob(file);
        return Files.isRegularFile(blob) && Files.size(blob) == file.size();
    }

    Path blob(HubFile file) {
        return repo.blobs().resolve(file.oid());
    }

    private Path part(HubFile file) {
        return repo.blobs().resolve(file.oid() + PARTIAL);
    }

    /**
     * Fetches a file, unless it is there.
     *
     * @param file the file
     * @param address where it is
     */
    void fetch(HubFile file, URI address) throws IOException {
        Files.createDirectories(repo.blobs());
        try (var _ = BlobLock.acquire(options.cache(), repo, file.oid(), stop)) {
            if (isThere(file)) {
                done.addAndGet(file.size());
                return;
            }
            Path part = part(file);
            boolean resumed = Files.exists(part) && Files.size(part) > 0;
            if (!fetchOnce(file, address) && !(resumed && fetchOnce(file, address))) {
                throw new HubException(id + ": " + file.path() + ": expected content of the hash " + file.oid()
                        + ", found other content; it was thrown away");
            }
        }
    }

    /** Returns false if the content is not what it has to be; it is gone then. */
    private boolean fetchOnce(HubFile file, URI address) throws IOException {
        Path path = part(file);
        boolean right;
        try (PartFile part = new PartFile(path, file, stop, done::addAndGet)) {
            retry.run(part::size, () -> {
                attempt(file, address, part);
                return null;
            });
            right = part.hash().equals(file.oid());
            if (right) {
                part.force();
            } else {
                part.clear();
            }
        }
        if (right) {
            Files.move(path, blob(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.deleteIfExists(path);
        }
        return right;
    }

    private void attempt(HubFile file, URI address, PartFile part) throws IOException {
        if (part.size() == file.size()) {
            return;
        }
        String what = id + ": " + file.path();
        long from = part.size();
        try (HubClient.Answer answer = client.get(what, address, from)) {
            checkHash(what, file, answer.first());
            if (answer.status() == 416 || answer.status() == 206 && !continues(answer.headers(), from, file.size())) {
                part.clear();
                throw new RetryableException(what + ": expected the file from byte " + from
                        + " on, found that the server does not have it");
            }
            if (answer.status() == 200 && from > 0) {
                part.clear();
            }
            checkLength(what, file, part.size(), answer.headers());
            copy(what, file, answer.body(), part);
        }
    }

    private void copy(String what, HubFile file, ResponseBody body, PartFile part) throws IOException {
        for (ByteBuffer piece = next(what, body); piece != null; piece = next(what, body)) {
            if (piece.remaining() > file.size() - part.size()) {
                part.clear();
                throw new HubException(what + ": expected " + file.size() + " bytes, found more");
            }
            part.append(piece);
        }
        if (part.size() < file.size()) {
            throw new RetryableException(
                    what + ": expected " + file.size() + " bytes, the connection ended after " + part.size());
        }
    }

    private ByteBuffer next(String what, ResponseBody body) throws IOException {
        try {
            return body.next(options.timing().stall(), stop);
        } catch (RetryableException e) {
            throw new RetryableException(what + ": " + e.getMessage(), e);
        }
    }

    private static boolean continues(HttpHeaders headers, long from, long size) {
        Matcher range = RANGE.matcher(headers.firstValue("Content-Range").orElse(""));
        return range.matches() && Long.parseLong(range.group(1)) == from
                && (range.group(3).equals("*") || Long.parseLong(range.group(3)) == size);
    }

    /** The hub names the hash before any other host is asked. */
    private static void checkHash(String what, HubFile file, HttpHeaders headers) throws HubException {
        Optional<String> tag = headers.firstValue("X-Linked-ETag").or(() -> headers.firstValue("ETag"))
                .map(text -> text.replaceFirst("^W/", "").replace("\"", ""));
        if (tag.isPresent() && HASH.matcher(tag.get()).matches() && !tag.get().equals(file.oid())) {
            throw new HubException(what + ": expected content of the hash " + file.oid() + ", the server has "
                    + tag.get());
        }
    }

    private static void checkLength(String what, HubFile file, long from, HttpHeaders headers) throws HubException {
        long length = headers.firstValueAsLong("Content-Length").orElse(file.size() - from);
        if (length != file.size() - from) {
            throw new HubException(what + ": expected " + file.size() + " bytes, the server has " + (from + length));
        }
    }
}
