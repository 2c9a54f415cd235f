package io.github.mamba4j.weights.file;

import io.github.mamba4j.weights.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Recognises what often lies in the place of a file: the pointer that a clone without Git LFS leaves, or the page with
 * which a server answered a download.
 */
public final class StandIn {
    /** How much of a file has to be looked at. */
    public static final int BYTES = 256;

    private StandIn() {}

    /**
     * Refuses a file that is not what its name says, but stands for it.
     *
     * @param location the file, for messages
     * @param begin its first bytes, {@link #BYTES} of them if it has as many; more are not looked at
     * @throws CheckpointException if it is a pointer or a page
     */
    public static void refuse(String location, byte[] begin) throws CheckpointException {
        String text = new String(begin, 0, Math.min(begin.length, BYTES), StandardCharsets.UTF_8).replace("\uFEFF", "")
                .stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("version https://git-lfs.github.com/spec/")) {
            throw new CheckpointException(
                    location + ": expected the file itself, found a Git LFS pointer to it; fetch the"
                            + " file with 'git lfs pull', or download it");
        }
        if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<?xml")) {
            throw new CheckpointException(location + ": expected the file itself, found "
                    + (text.startsWith("<?xml") ? "an XML document" : "an HTML page")
                    + ", such as a server's error message; download the file again");
        }
    }
}
