package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where the cache is, which server is asked, and how. Immutable and thread-safe.
 *
 * <p>{@link #fromEnvironment()} reads the variables of huggingface_hub: {@code HF_HUB_CACHE}, {@code HF_HOME} and
 * {@code XDG_CACHE_HOME} for the cache (else {@code ~/.cache/huggingface/hub}), {@code HF_ENDPOINT}, {@code HF_TOKEN},
 * {@code HF_TOKEN_PATH} (else the file {@code token} in {@code HF_HOME}), {@code HF_HUB_DISABLE_IMPLICIT_TOKEN} and
 * {@code HF_HUB_OFFLINE}.
 */
public final class HubOptions {
    private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");
    private static final URI DEFAULT_ENDPOINT = URI.create("https://huggingface.co");
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,1000}");
    private static final int MAX_TOKEN_FILE = 4096;
    private static final int MAX_CONNECTIONS = 32;

    private final Path cache;
    private final URI endpoint;
    private final String token;
    private final Path tokenFile;
    private final boolean offline;
    private final int connections;
    private final Timing timing;
    private final FreeSpace freeSpace;

    /** How much can be written to the folder's disk. */
    interface FreeSpace {
        long bytes(Path folder) throws IOException;
    }

    /**
     * How long what may take.
     *
     * @param stall without a byte from the server
     * @param retryDelay before the second attempt; doubled for each further one
     * @param maxRetryAfter that a server may ask to wait
     * @param attempts at one request in a row that bring nothing
     */
    record Timing(Duration stall, Duration retryDelay, Duration maxRetryAfter, int attempts) {
        static final Timing DEFAULT = new Timing(Duration.ofSeconds(30), Duration.ofSeconds(1),
                Duration.ofMinutes(2), 6);
    }

    private HubOptions(Builder builder) {
        cache = builder.cache;
        endpoint = builder.endpoint;
        token = builder.token;
        tokenFile = builder.tokenFile;
        offline = builder.offline;
        connections = builder.connections;
        timing = builder.timing;
        freeSpace = builder.freeSpace;
    }

    /**
     * What the environment of this process says.
     *
     * @return the options
     * @throws HubException if a variable has an impossible value
     */
    public static HubOptions fromEnvironment() throws HubException {
        return fromEnvironment(System.getenv());
    }

    /**
     * What an environment says.
     *
     * @param environment values by the names of the variables
     * @return the options
     * @throws HubException if a variable has an impossible value
     */
    public static HubOptions fromEnvironment(Map<String, String> environment) throws HubException {
        Path home = path(environment, "HF_HOME").or(() -> optional(environment, "XDG_CACHE_HOME")
                .map(folder -> expand(folder).resolve("huggingface")))
                .orElseGet(() -> expand("~/.cache/huggingface"));
        Builder builder = builder();
        builder.cache(path(environment, "HF_HUB_CACHE").or(() -> optional(environment, "HUGGINGFACE_HUB_CACHE")
                .map(HubOptions::expand)).orElseGet(() -> home.resolve("hub")));
        if (!isTrue(environment, "HF_HUB_DISABLE_IMPLICIT_TOKEN")) {
            builder.tokenFile = path(environment, "HF_TOKEN_PATH").orElseGet(() -> home.resolve("token"));
            builder.token = optional(environment, "HF_TOKEN").map(String::strip).orElse(null);
        }
        builder.offline(isTrue(environment, "HF_HUB_OFFLINE") || isTrue(environment, "TRANSFORMERS_OFFLINE"));
        Optional<String> server = optional(environment, "HF_ENDPOINT");
        try {
            if (server.isPresent()) {
                builder.endpoint(new URI(server.get()));
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new HubException("HF_ENDPOINT: expected an address such as " + DEFAULT_ENDPOINT + ", found '"
                    + server.get() + "'", e);
        }
        return builder.build();
    }

    private static Optional<String> optional(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private static Optional<Path> path(Map<String, String> environment, String name) throws HubException {
        try {
            return optional(environment, name).map(HubOptions::expand);
        } catch (InvalidPathException e) {
            throw new HubException(name + ": expected a folder, found '" + environment.get(name) + "'", e);
        }
    }

    private static Path expand(String path) {
        String home = System.getProperty("user.home");
        if (path.equals("~")) {
            return Path.of(home);
        }
        return path.startsWith("~/") ? Path.of(home, path.substring(2)) : Path.of(path).toAbsolutePath();
    }

    private static boolean isTrue(Map<String, String> environment, String name) {
        return TRUE.contains(environment.getOrDefault(name, "").toLowerCase(Locale.ROOT));
    }

    /**
     * Begins with the defaults, without a look at the environment and without a token.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The folder of the cache.
     *
     * @return the folder, which need not be there yet
     */
    public Path cache() {
        return cache;
    }

    /**
     * The server.
     *
     * @return its address, without a slash at the end
     */
    public URI endpoint() {
        return endpoint;
    }

    /**
     * Whether the network may not be used.
     *
     * @return true if downloads are refused
     */
    public boolean offline() {
        return offline;
    }

    /**
     * How many files are fetched at the same time.
     *
     * @return 1 or more
     */
    public int connections() {
        return connections;
    }

    Timing timing() {
        return timing;
    }

    FreeSpace freeSpace() {
        return freeSpace;
    }

    /** The token, which may be in a file. It is in no message and no other accessor. */
    Optional<String> token() throws HubException {
        if (token != null) {
            return Optional.of(checked("HF_TOKEN", token));
        }
        if (tokenFile == null || !Files.isRegularFile(tokenFile)) {
            return Optional.empty();
        }
        String content;
        try {
            if (Files.size(tokenFile) > MAX_TOKEN_FILE) {
                throw new HubException(tokenFile + ": expected a token, found a file of " + Files.size(tokenFile)
                        + " bytes");
            }
            content = Files.readString(tokenFile).strip();
        } catch (HubException e) {
            throw e;
        } catch (IOException e) {
            throw new HubException(tokenFile + ": the token cannot be read", e);
        }
        return content.isEmpty() ? Optional.empty() : Optional.of(checked(tokenFile.toString(), content));
    }

    private static String checked(String where, String token) throws HubException {
        if (!TOKEN.matcher(token).matches()) {
            throw new HubException(where + ": expected a token of letters and digits, found other characters");
        }
        return token;
    }

    /** Makes {@link HubOptions}. Not thread-safe. */
    public static final class Builder {
        private Path cache = expand("~/.cache/huggingface/hub");
        private URI endpoint = DEFAULT_ENDPOINT;
        private String token;
        private Path tokenFile;
        private boolean offline;
        private int connections = 4;
        private Timing timing = Timing.DEFAULT;
        private FreeSpace freeSpace = folder -> Files.getFileStore(folder).getUsableSpace();

        private Builder() {}

        /**
         * Sets the folder of the cache.
         *
         * @param folder the folder; it is made when something is written to it
         * @return this
         */
        public Builder cache(Path folder) {
            cache = folder.toAbsolutePath();
            return this;
        }

        /**
         * Sets the server.
         *
         * @param address for instance {@code https://huggingface.co}
         * @return this
         * @throws IllegalArgumentException if it is no address of a web server
         */
        public Builder endpoint(URI address) {
            String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
            if (!Set.of("http", "https").contains(scheme) || address.getHost() == null || address.getUserInfo() != null
                    || address.getQuery() != null || address.getFragment() != null) {
                throw new IllegalArgumentException(
                        "endpoint: expected an address such as " + DEFAULT_ENDPOINT + ", found '" + address + "'");
            }
            endpoint = URI.create(address.toString().replaceAll("/+$", ""));
            return this;
        }

        /**
         * Sets the token for models that not everybody may fetch.
         *
         * @param secret the token; it is sent to the server's host only
         * @return this
         */
        public Builder token(String secret) {
            token = Objects.requireNonNull(secret);
            return this;
        }

        /**
         * Forbids the network.
         *
         * @param forbid true to refuse downloads
         * @return this
         */
        public Builder offline(boolean forbid) {
            offline = forbid;
            return this;
        }

        /**
         * Sets how many files are fetched at the same time.
         *
         * @param count 1 to 32; 4 by default
         * @return this
         * @throws IllegalArgumentException if the count is out of range
         */
        public Builder connections(int count) {
            if (count < 1 || count > MAX_CONNECTIONS) {
                throw new IllegalArgumentException(
                        "connections: expected 1 to " + MAX_CONNECTIONS + ", found " + count);
            }
            connections = count;
            return this;
        }

        Builder timing(Timing value) {
            timing = value;
            return this;
        }

        Builder freeSpace(FreeSpace value) {
            freeSpace = value;
            return this;
        }

        /**
         * Makes the options.
         *
         * @return the options
         */
        public HubOptions build() {
            return new HubOptions(this);
        }
    }
}
