package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes the part of the cache by which a commit's files are found. Thread-safe. */
final class Snapshot {
    private final RepoFolder repo;
    private final String commit;

    Snapshot(RepoFolder repo, String commit) {
        this.repo = repo;
        this.commit = commit;
    }

    Path folder() {
        return repo.snapshot(commit);
    }

    /** Where a file of the commit is, or will be. */
    Path file(HubFile file) {
        return folder().resolve(file.path());
    }

    /** Whether a file is there with the right length, as a link or, on systems without links, itself. */
    boolean has(HubFile file) throws IOException {
        Path path = file(file);
        return Files.isRegularFile(path) && Files.size(path) == file.size();
    }

    /** Gives a blob its name in the commit. */
    void link(HubFile file, Path blob) throws IOException {
        Path link = file(file);
        Files.createDirectories(link.getParent());
        Path target = link.getParent().relativize(blob);
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            return;
        }
        Path fresh = fresh(link);
        try {
            Files.createSymbolicLink(fresh, target);
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (UnsupportedOperationException | IOException e) {
            // No links here, as on Windows without its developer mode: the file itself moves.
            fresh = blob;
        }
        Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Notes that the hub has no such file, so that other programs need not ask. */
    void absent(String name) throws IOException {
        Path marker = repo.path().resolve(RepoFolder.NO_EXIST).resolve(commit).resolve(name);
        Files.createDirectories(marker.getParent());
        try {
            Files.createFile(marker);
        } catch (FileAlreadyExistsException e) {
            // Somebody has noted it before.
            return;
        }
    }

    /** Lets a revision stand for the commit. */
    void refer(String revision) throws IOException {
        if (HubId.isCommit(revision)) {
            return;
        }
        Path ref = repo.ref(revision);
        Files.createDirectories(ref.getParent());
        Path fresh = fresh(ref);
        try {
            Files.writeString(fresh, commit);
            Files.move(fresh, ref, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static Path fresh(Path path) {
        return path.resolveSibling("." + UUID.randomUUID() + ".tmp");
    }
}
