package io.github.mamba4j.weights;

/** Tells names of files from paths that lead elsewhere. */
final class FileNames {
    private FileNames() {}

    /**
     * Whether a name can only mean a file in the folder that it is looked up in, on every operating system.
     *
     * @param name what a file or a caller gave
     */
    static boolean isPlain(String name) {
        return !name.isBlank() && !name.equals(".") && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    }

    /** Returns the name, or refuses it. */
    static String requirePlain(String name) {
        if (!isPlain(name)) {
            throw new IllegalArgumentException("expected the name of a file, found '" + name + "'");
        }
        return name;
    }
}
