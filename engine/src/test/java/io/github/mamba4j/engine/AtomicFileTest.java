package io.github.mamba4j.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    private Path folder;

    private static boolean isSpecial(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).isOther();
    }

    @Test
    void aFileIsMadeAndReplaced() throws IOException {
        Path file = folder.resolve("f");
        AtomicFile.replace(file, out -> out.write(1));
        AtomicFile.replace(file, out -> out.write(new byte[]{2, 3}));
        assertEquals(2, Files.size(file));
        assertEquals(List.of(file), Files.list(folder).toList());
    }

    @Test
    void whatIsReplacedKeepsItsPermissionsAndPrivateFilesAreTheOwners() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        Path file = folder.resolve("private");
        AtomicFile.replacePrivate(file, out -> out.write(1));
        assertEquals("rw-------", permissions(file));
        AtomicFile.replace(file, out -> out.write(2));
        assertEquals("rw-------", permissions(file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r-x"));
        AtomicFile.replacePrivate(file, out -> out.write(3));
        assertEquals("rw-r--r-x", permissions(file));
        Path plain = Files.createFile(folder.resolve("plain"));
        Path other = folder.resolve("other");
        AtomicFile.replace(other, out -> out.write(1));
        assertEquals(permissions(plain), permissions(other));
    }

    @Test
    void nobodyElseReadsAPrivateFileWhileItIsWritten() throws IOException {
        assumeTrue(Files.getFileStore(folder).supportsFileAttributeView("posix"));
        AtomicFile.replacePrivate(folder.resolve("private"), out -> {
            try (var files = Files.list(folder)) {
                for (Path temporary : files.toList()) {
                    assertEquals("rw-------", permissions(temporary));
                }
            }
        });
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    /** A socket stands for what is no file, like /dev/null: it would be gone if a file took its place. */
    @Test
    void whatIsNotAFileIsNeverReplaced() throws IOException {
        Path socket = folder.resolve("socket");
        try (ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.bind(UnixDomainSocketAddress.of(socket));
            assumeTrue(isSpecial(socket));
            assertThrows(IOException.class, () -> AtomicFile.replace(socket, out -> out.write(1)));
            assertTrue(isSpecial(socket));
            assertEquals(List.of(socket), Files.list(folder).toList());
        }
    }

    @Test
    void aFolderIsRefused() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        assertThrows(IOException.class, () -> AtomicFile.replace(inner, out -> out.write(1)));
        assertTrue(Files.isDirectory(inner));
        assertEquals(List.of(inner), Files.list(folder).toList());
    }
}
