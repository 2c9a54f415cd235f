package io.github.mamba4j.weights.file.hub;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the hub tells of a repository: the commit of a revision ({@code /api/models/R/revision/V}), its files
 * ({@code /api/models/R/tree/C}), and where a file is ({@code /R/resolve/C/F}).
 */
final class HubApi {
    private static final int MAX_BYTES = 1 << 24;
    private static final int MAX_FILES = 50_000;
    private static final int MAX_PAGES = 200;
    private static final int MAX_LINK = 4096;
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>\\s*;[^,]*rel=\"?next\"?");

    private final HubId id;
    private final URI endpoint;
    private final HubClient client;
    private final Retry retry;

    HubApi(HubId id, HubOptions options, HubClient client, Retry retry) {
        this.id = id;
        endpoint = options.endpoint();
        this.client = client;
        this.retry = retry;
    }

    /** The commit that the revision stands for now. */
    String commit() throws IOException {
        if (id.isCommit()) {
            return id.revision();
        }
        String what = id.toString();
        URI address = URI.create(endpoint + "/api/models/" + id.repository() + "/revision/" + encoded(id.revision()));
        JsonNode root = HubJson.read(what, retry.run(() -> client.read(what, address, MAX_BYTES)).content());
        String commit = root.path("sha").asText();
        if (!HubId.isCommit(commit)) {
            throw new HubException(what + ": sha: expected a commit of 40 digits, found '" + commit + "'");
        }
        return commit;
    }

    /**
     * All files of a commit.
     *
     * @param commit the commit
     * @return the files by their paths
     */
    Map<String, HubFile> files(String commit) throws IOException {
        Map<String, HubFile> files = new LinkedHashMap<>();
        String what = id.toString();
        URI address = URI.create(endpoint + "/api/models/" + id.repository() + "/tree/" + commit + "?recursive=true");
        for (int page = 0; page < MAX_PAGES; page++) {
            URI here = address;
            HubClient.Document document = retry.run(() -> client.read(what, here, MAX_BYTES));
            JsonNode entries = HubJson.read(what, document.content());
            if (!entries.isArray()) {
                throw new HubException(what + ": expected a list of files, found something else");
            }
            for (JsonNode entry : entries) {
                if (entry.path("type").asText().equals("file")) {
                    HubFile file = file(entry);
                    files.put(file.path(), file);
                }
            }
            Optional<URI> next = next(here, document.headers());
            if (files.size() > MAX_FILES || next.isEmpty()) {
                return bounded(files);
            }
            address = next.get();
        }
        throw new HubException(what + ": expected at most " + MAX_PAGES + " pages of files, found more");
    }

    private Map<String, HubFile> bounded(Map<String, HubFile> files) throws HubException {
        if (files.size() > MAX_FILES) {
            throw new HubException(id + ": expected at most " + MAX_FILES + " files, found more");
        }
        return files;
    }

    /** A large file is stored under the SHA-256 of its content, another one under git's hash. */
    private HubFile file(JsonNode entry) throws HubException {
        JsonNode stored = entry.path("lfs").isObject() ? entry.path("lfs") : entry;
        try {
            long size = stored.path("size").isIntegralNumber() && stored.path("size").canConvertToLong()
                    ? stored.path("size").longValue()
                    : -1;
            return new HubFile(entry.path("path").asText(), size, stored.path("oid").asText());
        } catch (IllegalArgumentException e) {
            throw new HubException(id + ": " + e.getMessage(), e);
        }
    }

    private Optional<URI> next(URI here, HttpHeaders headers) throws HubException {
        String link = headers.firstValue("Link").orElse("");
        Matcher matcher = NEXT.matcher(link.substring(0, Math.min(link.length(), MAX_LINK)));
        if (!matcher.find()) {
            return Optional.empty();
        }
        try {
            return Optional.of(HubClient.checked(id.toString(), here, here.resolve(matcher.group(1))));
        } catch (IllegalArgumentException e) {
            throw new HubException(id + ": expected the address of more files, found '" + matcher.group(1) + "'", e);
        }
    }

    /** Where a file of a commit is. */
    URI address(String commit, String path) {
        String parts = Arrays.stream(path.split("/")).map(HubApi::encoded).collect(Collectors.joining("/"));
        return URI.create(endpoint + "/" + id.repository() + "/resolve/" + commit + "/" + parts);
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
