package io.github.mamba4j.weights.file.hub;

/** Is told how a download goes, and can stop it. All methods are called on the thread that downloads, one at a time. */
public interface HubListener {
    /** Hears nothing and stops nothing. */
    HubListener NONE = new HubListener() {
    };

    /**
     * The download begins: the files are known.
     *
     * @param files how many there are
     * @param bytes their size together
     */
    default void started(int files, long bytes) {}

    /**
     * Called about ten times a second.
     *
     * @param bytes how many bytes of the files are there, those of earlier downloads included; less than before if a file
     *     has to begin again
     */
    default void progress(long bytes) {}

    /**
     * Whether the download shall stop. What was fetched stays, and the next download goes on with it.
     *
     * @return true to stop; asked about ten times a second
     */
    default boolean isCancelled() {
        return false;
    }
}
