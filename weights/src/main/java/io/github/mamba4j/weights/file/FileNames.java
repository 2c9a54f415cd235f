package io.github.mamba4j.weights.file;

/** Tells names of files from paths that lead elsewhere. */
public final class FileNames {
    private FileNames() {}

    /**
     * Whether a name can only mean a file in the folder that it is looked up in, on every operating system.
     *
     * @param name what a file or a caller gave
     * @return true if it is the plain name of a file
     */
    public static boolean isPlain(String name) {
        return !name.isBlank() && !name.equals(".") && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    }

    /**
     * Refuses a name that is not plain.
     *
     * @param name what a file or a caller gave
     * @return the name
     * @throws IllegalArgumentException if {@link #isPlain} does not hold
     */
    public static String requirePlain(String name) {
        if (!isPlain(name)) {
            throw new IllegalArgumentException("expected the name of a file, found '" + name + "'");
        }
        return name;
    }
}
