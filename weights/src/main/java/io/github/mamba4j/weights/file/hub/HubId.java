package io.github.mamba4j.weights.file.hub;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a model on the hub: {@code owner/name[@revision][:QUANT]}, for instance {@code state-spaces/mamba-130m-hf}
 * or {@code owner/name-GGUF:Q4_K_M}. Its parts become folders of the cache and parts of addresses, so they are restricted
 * to what the hub allows.
 *
 * @param owner the user or organisation
 * @param name the repository of that owner
 * @param revision a branch, a tag or a commit of 40 hexadecimal digits
 * @param quant which GGUF file of the repository is meant, by its type or its whole name; empty for the default
 */
public record HubId(String owner, String name, String revision, Optional<String> quant) {
    /** The revision of a name without one. */
    public static final String MAIN = "main";

    private static final int MAX_PART = 96;
    private static final int MAX_REVISION = 200;
    private static final String PREFIX = "hf://";
    private static final String FORM = "expected owner/name[@revision][:QUANT], found '";
    private static final Pattern PART = Pattern.compile("\\w(?:[\\w.-]*\\w)?");
    private static final Pattern REVISION = Pattern
            .compile("[\\w+](?:[\\w.+-]*[\\w+-])?(?:/[\\w+](?:[\\w.+-]*[\\w+-])?)*");
    private static final Pattern QUANT = Pattern.compile("\\w[\\w.-]*");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final Pattern ID = Pattern.compile("([^/@:]+)/([^/@:]+)(?:@([^@:]+))?(?::([^/@:]+))?");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException naming the part that the hub does not allow
     */
    public HubId {
        check(owner, PART, MAX_PART, "an owner");
        check(name, PART, MAX_PART, "a name");
        check(revision, REVISION, MAX_REVISION, "a revision");
        quant.ifPresent(type -> check(type, QUANT, MAX_REVISION, "a type such as Q4_K_M"));
        // The cache writes -- for the slash, and the hub allows it nowhere else.
        if (owner.contains("--") || name.contains("--") || name.endsWith(".git")) {
            throw new IllegalArgumentException(FORM + shown(owner + "/" + name) + "': a name has no -- and no .git");
        }
    }

    private static void check(String part, Pattern pattern, int maxLength, String what) {
        if (part.length() > maxLength || part.contains("..") || !pattern.matcher(part).matches()) {
            throw new IllegalArgumentException("expected " + what + " of letters, digits, _, . and -, found '"
                    + shown(part) + "'");
        }
    }

    private static String shown(String text) {
        return HubException.oneLine(text.length() > MAX_REVISION ? text.substring(0, MAX_REVISION) + "..." : text);
    }

    /**
     * Reads a name.
     *
     * @param text {@code owner/name[@revision][:QUANT]}, also with {@code hf://} before it
     * @return the name
     * @throws IllegalArgumentException saying what was expected
     */
    public static HubId parse(String text) {
        Matcher matcher = ID.matcher(text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(FORM + shown(text) + "'");
        }
        return new HubId(matcher.group(1), matcher.group(2), Optional.ofNullable(matcher.group(3)).orElse(MAIN),
                Optional.ofNullable(matcher.group(4)));
    }

    /**
     * Whether a text can be the name of a model. It may be the path of a file as well.
     *
     * @param text any text
     * @return true if {@link #parse} accepts it
     */
    public static boolean isId(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The repository.
     *
     * @return {@code owner/name}
     */
    public String repository() {
        return owner + "/" + name;
    }

    boolean isCommit() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /**
     * The name as it is typed.
     *
     * @return {@code owner/name[@revision][:QUANT]}; the revision is left out if it is {@link #MAIN}
     */
    @Override
    public String toString() {
        return repository() + (revision.equals(MAIN) ? "" : "@" + revision) + quant.map(type -> ":" + type).orElse("");
    }
}
