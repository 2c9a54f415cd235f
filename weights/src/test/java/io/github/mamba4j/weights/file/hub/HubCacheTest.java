package io.github.mamba4j.weights.file.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What other programs leave in the cache: made by hand after the specification of its layout. */
class HubCacheTest {
    private static final String C1 = "1".repeat(40);
    private static final String C2 = "2".repeat(40);

    @TempDir
    private Path folder;

    private HubOptions options() {
        return HubOptions.builder().cache(folder).build();
    }

    private Path repo(String name) {
        return folder.resolve("models--acme--" + name);
    }

    private void ref(String name, String revision, String commit) throws IOException {
        Path ref = repo(name).resolve("refs").resolve(revision);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, commit);
    }

    /** A blob, and a link to it. */
    private void put(String name, String commit, String path, String blob, int size) throws IOException {
        Path blobs = Files.createDirectories(repo(name).resolve("blobs"));
        Files.write(blobs.resolve(blob), new byte[size]);
        Path link = repo(name).resolve("snapshots").resolve(commit).resolve(path);
        Files.createDirectories(link.getParent());
        Files.createSymbolicLink(link, link.getParent().relativize(blobs.resolve(blob)));
    }

    private Optional<Path> find(String id) throws IOException {
        return Hub.find(HubId.parse(id), options());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void findsAModelByRevision() throws IOException {
        ref("m", "main", C2 + "\n");
        ref("m", "refs/pr/1", C1);
        for (String commit : List.of(C1, C2)) {
            put("m", commit, "config.json", "c" + commit, 5);
            put("m", commit, "model.safetensors", "w" + commit, 100);
        }
        assertEquals(Optional.of(repo("m").resolve("snapshots").resolve(C2)), find("acme/m"));
        assertEquals(Optional.of(repo("m").resolve("snapshots").resolve(C1)), find("acme/m@refs/pr/1"));
        assertEquals(Optional.of(repo("m").resolve("snapshots").resolve(C1)), find("acme/m@" + C1));
        assertEquals(Optional.empty(), find("acme/m@v2"));
        assertEquals(Optional.empty(), find("acme/n"));
        assertEquals(Optional.empty(), find("acme/m:Q4_K_M"));
        List<HubModel> models = new HubCache(folder).list();
        assertEquals(List.of("acme/m@refs/pr/1", "acme/m"), models.stream().map(m -> m.id().toString()).toList());
        assertEquals(new HubModel(HubId.parse("acme/m"), "safetensors", 105, repo("m").resolve("snapshots").resolve(C2),
                true), models.getLast());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aModelThatIsNotWholeIsNotFound() throws IOException {
        // What a look at the configuration leaves.
        ref("m", "main", C1);
        put("m", C1, "config.json", "c", 5);
        String message = assertThrows(HubException.class, () -> Hub.resolve(HubId.parse("acme/m"), options()))
                .getMessage();
        assertTrue(message.contains("expected config.json with model.safetensors"), message);
        put("m", C1, "model.safetensors", "w", 5);
        assertTrue(find("acme/m").isPresent());
        Files.delete(repo("m").resolve("blobs/w"));
        assertEquals(Optional.empty(), find("acme/m"));
        HubModel model = new HubCache(folder).list().getFirst();
        assertEquals("incomplete", model.format());
        assertEquals(5, model.bytes());
        assertFalse(model.complete());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void eachGgufModelIsAModel() throws IOException {
        ref("g", "main", C1);
        put("g", C1, "m-Q4_K_M.gguf", "a", 40);
        put("g", C1, "m-F16-00001-of-00002.gguf", "b", 70);
        put("g", C1, "m-F16-00002-of-00002.gguf", "c", 71);
        put("g", C1, "m-Q8_0-00001-of-00002.gguf", "d", 72);
        Path snapshot = repo("g").resolve("snapshots").resolve(C1);
        assertEquals(Optional.of(snapshot.resolve("m-Q4_K_M.gguf")), find("acme/g"));
        assertEquals(Optional.of(snapshot.resolve("m-F16-00001-of-00002.gguf")), find("acme/g:F16"));
        assertEquals(Optional.empty(), find("acme/g:Q8_0"));
        assertEquals(List.of("acme/g:F16 gguf 141", "acme/g:Q4_K_M gguf 40", "acme/g:Q8_0 incomplete 72"),
                new HubCache(folder).list().stream().map(m -> m.id() + " " + m.format() + " " + m.bytes()).toList());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aBlobMayBeALinkToASharedOne() throws IOException {
        Path shared = Files.createDirectories(folder.resolve("blobs/ab"));
        Files.write(shared.resolve("ab12"), new byte[30]);
        ref("s", "main", C1);
        put("s", C1, "config.json", "c", 5);
        put("s", C1, "model.safetensors", "w", 1);
        Files.delete(repo("s").resolve("blobs/w"));
        Files.createSymbolicLink(repo("s").resolve("blobs/w"), Path.of("../../blobs/ab/ab12"));
        assertTrue(find("acme/s").isPresent());
        assertEquals(35, new HubCache(folder).list().getFirst().bytes());
        assertEquals(5 + 40, new HubCache(folder).remove(HubId.parse("acme/s")));
        assertTrue(Files.exists(shared.resolve("ab12")));
    }

    @Test
    void filesMayLieInTheSnapshotItself() throws IOException {
        ref("w", "main", C1);
        Path snapshot = Files.createDirectories(repo("w").resolve("snapshots").resolve(C1));
        Files.writeString(snapshot.resolve("config.json"), "{}");
        Files.writeString(snapshot.resolve("pytorch_model.bin"), "weights");
        assertEquals(Optional.of(snapshot), find("acme/w"));
        assertEquals("torch", new HubCache(folder).list().getFirst().format());
    }

    @Test
    void whatIsNoModelIsLeftAlone() throws IOException {
        assertEquals(List.of(), new HubCache(folder.resolve("nowhere")).list());
        Files.createDirectories(folder.resolve("datasets--acme--d/snapshots"));
        Files.createDirectories(folder.resolve("models--gpt2/snapshots"));
        Files.createDirectories(folder.resolve("models--..--x"));
        Files.writeString(folder.resolve("models--acme--file"), "");
        Files.writeString(folder.resolve("version.txt"), "1");
        assertEquals(List.of(), new HubCache(folder).list());
        Files.createDirectories(repo("empty"));
        assertEquals("incomplete", new HubCache(folder).list().getFirst().format());
    }

    @Test
    void hostileRefsAreNoCommits() throws IOException {
        for (String commit : List.of("../../..", "", "x".repeat(40), "1".repeat(5000))) {
            ref("m", "main", commit);
            assertEquals(Optional.empty(), find("acme/m"));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void removesAModelAndNothingElse() throws IOException {
        ref("m", "main", C1);
        put("m", C1, "config.json", "c", 5);
        Path outside = Files.writeString(folder.resolve("outside"), "outside");
        Files.createSymbolicLink(repo("m").resolve("snapshots").resolve(C1).resolve("link"), outside);
        Files.createSymbolicLink(repo("m").resolve("loop"), folder);
        ref("n", "main", C1);
        Path lock = folder.resolve(".locks/models--acme--m/x.lock");
        Files.createDirectories(lock.getParent());
        Files.writeString(lock, "");
        HubCache cache = new HubCache(folder);
        assertThrows(HubException.class, () -> cache.remove(HubId.parse("acme/m@v1")));
        assertEquals(45, cache.remove(HubId.parse("acme/m")));
        assertFalse(Files.exists(repo("m")));
        assertFalse(Files.exists(lock));
        assertTrue(Files.exists(outside));
        assertTrue(Files.exists(repo("n")));
        String message = assertThrows(HubException.class, () -> cache.remove(HubId.parse("acme/m"))).getMessage();
        assertTrue(message.startsWith("acme/m: there is no such model in the cache"), message);
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void removesOneGgufModel() throws IOException {
        ref("g", "main", C1);
        put("g", C1, "m-Q4_K_M.gguf", "a", 40);
        put("g", C1, "m-Q8_0.gguf", "b", 80);
        put("g", C2, "m-Q4_K_M.gguf", "a", 40);
        HubCache cache = new HubCache(folder);
        // The other snapshot still needs the blob.
        assertEquals(0, cache.remove(HubId.parse("acme/g:Q4_K_M")));
        assertEquals(40, cache.remove(HubId.parse("acme/g@" + C2 + ":Q4_K_M")));
        assertFalse(Files.exists(repo("g").resolve("blobs/a")));
        assertTrue(find("acme/g:Q8_0").isPresent());
        assertThrows(HubException.class, () -> cache.remove(HubId.parse("acme/g:Q4_K_M")));
    }
}
