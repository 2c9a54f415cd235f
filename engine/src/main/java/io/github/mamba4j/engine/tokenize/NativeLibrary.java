package io.github.mamba4j.engine.tokenize;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;

/**
 * Loads the native library that lies in DJL's jar: copies it to a new folder that only this user can enter, compares the
 * copy with what is in the jar, and loads that. DJL's own loading is not used: it takes what it finds in the home or in
 * the folder for temporary files without a look at it, starts another process, and may download a library.
 */
final class NativeLibrary {
    private static final String ROOT = "/native/lib/";
    private static final Object LOCK = new Object();
    private static boolean loaded;

    private NativeLibrary() {}

    /** Loads the library, once. */
    static void load() throws CheckpointException {
        synchronized (LOCK) {
            if (loaded) {
                return;
            }
            if (TokenizersLibrary.class.getClassLoader() != NativeLibrary.class.getClassLoader()) {
                throw new CheckpointException("the native tokenizer library cannot be loaded: DJL's classes are loaded "
                        + "by another class loader than those of mamba4j");
            }
            try {
                loadCopies(platform());
            } catch (IOException | LinkageError e) {
                throw new CheckpointException("the native tokenizer library cannot be loaded: " + e.getMessage(), e);
            }
            loaded = true;
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        String system = os.startsWith("win") ? "win" : os.startsWith("mac") ? "osx" : "linux";
        return system + "-" + (arch.equals("amd64") ? "x86_64" : arch);
    }

    private static List<String> names(String platform) {
        if (platform.startsWith("win")) {
            return List.of("libwinpthread-1.dll", "libgcc_s_seh-1.dll", "libstdc++-6.dll", "tokenizers.dll");
        }
        return List.of(platform.startsWith("osx") ? "libtokenizers.dylib" : "libtokenizers.so");
    }

    @SuppressWarnings("restricted")
    private static void loadCopies(String platform) throws IOException {
        // On systems with permissions of files, nobody else may enter it.
        Path folder = Files.createTempDirectory("mamba4j-tokenizers-");
        try {
            for (String name : names(platform)) {
                Path copy = folder.resolve(name);
                copy(ROOT + platform + "/cpu/" + name, copy);
                System.load(copy.toString());
            }
        } finally {
            for (String name : names(platform)) {
                remove(folder.resolve(name));
            }
            remove(folder);
        }
    }

    /** Some systems keep a library's file until it is no longer used. */
    private static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }

    private static void copy(String resource, Path target) throws IOException {
        byte[] expected;
        try (InputStream in = TokenizersLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("DJL's jar has none for this system, expected " + resource);
            }
            DigestInputStream digested = new DigestInputStream(in, sha256());
            try (OutputStream out = Files.newOutputStream(target, java.nio.file.StandardOpenOption.CREATE_NEW,
                    java.nio.file.StandardOpenOption.WRITE)) {
                digested.transferTo(out);
            }
            expected = digested.getMessageDigest().digest();
        }
        try (DigestInputStream digested = new DigestInputStream(Files.newInputStream(target), sha256())) {
            digested.transferTo(OutputStream.nullOutputStream());
            if (!MessageDigest.isEqual(expected, digested.getMessageDigest().digest())) {
                throw new IOException(target + " is not what was written there");
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
