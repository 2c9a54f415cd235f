package io.github.mamba4j.weights.file.hub;

import java.util.regex.Pattern;

/**
 * A file of a repository, as the hub lists it.
 *
 * @param path its path in the repository, parts separated by a slash
 * @param size bytes
 * @param oid the hash of its content: SHA-256 (64 hexadecimal digits), or git's SHA-1 of a blob (40)
 */
record HubFile(String path, long size, String oid) {
    /** Larger than any file of weights there is. */
    private static final long MAX_SIZE = 1L << 42;
    private static final int MAX_PATH = 512;
    private static final Pattern OID = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    /** Checks what a server wrote. */
    HubFile {
        requirePath(path);
        if (size < 0 || size > MAX_SIZE) {
            throw new IllegalArgumentException(path + ": expected a size up to " + MAX_SIZE + ", found " + size);
        }
        if (!OID.matcher(oid).matches()) {
            throw new IllegalArgumentException(path + ": expected a hash of 40 or 64 digits, found '" + oid + "'");
        }
    }

    /** Refuses what could leave the folder of the repository on any operating system. */
    static void requirePath(String path) {
        boolean hostile = path.isEmpty() || path.length() > MAX_PATH
                || path.chars().anyMatch(c -> c < ' ' || c == '\\' || c == 0x7f);
        for (String part : path.split("/", -1)) {
            hostile |= part.isBlank() || part.equals(".") || part.equals("..");
        }
        if (hostile) {
            throw new IllegalArgumentException("expected a path inside the repository, found '" + path + "'");
        }
    }
}
