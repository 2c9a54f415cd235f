package io.github.mamba4j.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Writes files in one step: whatever interrupts it, there is a whole file afterwards, the old or the new. Thread-safe. */
public final class AtomicFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = Set.of(PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE);

    private AtomicFile() {}

    /** What a file is to hold. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out the file; not buffered, and not to be closed
         * @throws IOException if writing fails
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes a file, or replaces it once the new one is safely on the disk. Where files have permissions, a new file gets
     * those that the process gives to files, and one that is replaced keeps its own.
     *
     * @param file the file; if it is a link, what it leads to is replaced. What is there and is no file, such as a pipe or
     *     {@code /dev/null}, is written to and stays
     * @param content what it is to hold
     * @throws IOException if writing fails; the file is as it was then
     */
    public static void replace(Path file, Content content) throws IOException {
        replace(file, content, false);
    }

    /**
     * As {@link #replace}, but where files have permissions, a new file can be read and written by its owner only: for what
     * people have said.
     *
     * @param file the file
     * @param content what it is to hold
     * @throws IOException if writing fails; the file is as it was then
     */
    public static void replacePrivate(Path file, Content content) throws IOException {
        replace(file, content, true);
    }

    private static void replace(Path file, Content content, boolean isPrivate) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                content.writeTo(out);
            }
            return;
        }
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Optional<Set<PosixFilePermission>> old = permissions(target);
        // In the same folder, because a move between file systems is not one step.
        Path temporary = target.resolveSibling("." + target.getFileName() + "."
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()) + ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    attributes(target, isPrivate || old.isPresent()))) {
                content.writeTo(Channels.newOutputStream(channel));
                channel.force(true);
            }
            if (old.isPresent()) {
                Files.setPosixFilePermissions(temporary, old.get());
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The permissions of a file that is there, where files have such. */
    private static Optional<Set<PosixFilePermission>> permissions(Path target) throws IOException {
        var view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        return view == null || !Files.exists(target)
                ? Optional.empty()
                : Optional.of(view.readAttributes().permissions());
    }

    /** While it is written nobody else reads what may be private in the end. */
    private static FileAttribute<?>[] attributes(Path target, boolean isPrivate) {
        boolean posix = Files.getFileAttributeView(target, PosixFileAttributeView.class) != null;
        return isPrivate && posix
                ? new FileAttribute<?>[]{PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
                : new FileAttribute<?>[0];
    }
}
