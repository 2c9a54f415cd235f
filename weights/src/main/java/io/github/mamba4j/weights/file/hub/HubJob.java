package io.github.mamba4j.weights.file.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The work of a download: finds out which files are needed, fetches those that are not there, several at a time, and
 * lets the revision stand for them when all are there.
 */
final class HubJob implements Callable<Path> {
    /** What other programs may want to write meanwhile. */
    private static final long RESERVE = 64 << 20;
    /** Larger than any tokenizer; weights may have any size. */
    private static final long MAX_BESIDE = 1 << 29;
    private static final int MAX_INDEX = 1 << 24;

    private final HubId id;
    private final HubOptions options;
    private final Set<String> names;
    private final Stop stop;
    private final AtomicLong done = new AtomicLong();
    private volatile Plan plan;

    /**
     * What is going to be there.
     *
     * @param files how many files
     * @param bytes their size together
     */
    record Plan(int files, long bytes) {}

    /** What the parts of the work share. */
    private record Tools(HubApi api, Transfer transfer, Snapshot snapshot, String commit) {
        void fetch(HubFile file) throws IOException {
            transfer.fetch(file, api.address(commit, file.path()));
            snapshot.link(file, transfer.blob(file));
        }
    }

    /**
     * Prepares.
     *
     * @param id what to fetch
     * @param options how
     * @param names the files to fetch; empty for those that make a model
     * @param stop ends the work
     */
    HubJob(HubId id, HubOptions options, Set<String> names, Stop stop) {
        this.id = id;
        this.options = options;
        this.names = names;
        this.stop = stop;
    }

    /** What is going to be there; null as long as that is not known. */
    Plan plan() {
        return plan;
    }

    long doneBytes() {
        return done.get();
    }

    /** Returns the folder with the files. */
    @Override
    public Path call() throws IOException {
        try (HubClient client = new HubClient(options, stop)) {
            var api = new HubApi(id, options, client, new Retry(options.timing(), stop));
            String commit = api.commit();
            Map<String, HubFile> all = api.files(commit);
            var snapshot = new Snapshot(RepoFolder.of(options.cache(), id), commit);
            var tools = new Tools(api, new Transfer(id, options, client, stop, done), snapshot, commit);
            List<HubFile> files = names.isEmpty() ? model(all, tools) : found(all, names, MAX_BESIDE);
            plan = new Plan(files.size(), files.stream().mapToLong(HubFile::size).sum());
            fetchAll(missing(files, tools), tools);
            snapshot.refer(id.revision());
            return snapshot.folder();
        }
    }

    private List<HubFile> model(Map<String, HubFile> all, Tools tools) throws IOException {
        ModelChoice choice = ModelChoice.of(id, all.keySet());
        List<HubFile> files = new ArrayList<>(found(all, choice.beside(all.keySet()), MAX_BESIDE));
        if (choice.isIndex()) {
            HubFile index = found(all, choice.weights(), MAX_INDEX).getFirst();
            if (!tools.snapshot().has(index)) {
                requireSpace(List.of(index), tools.transfer());
                tools.fetch(index);
                done.addAndGet(-index.size());
            }
            choice = choice.withShards(ShardNames.read(tools.snapshot().file(index)));
        }
        files.addAll(found(all, choice.weights(), Long.MAX_VALUE));
        if (choice.format() != ModelChoice.Format.GGUF) {
            for (String name : ModelChoice.BESIDE) {
                if (!all.containsKey(name)) {
                    tools.snapshot().absent(name);
                }
            }
        }
        return files;
    }

    private List<HubFile> found(Map<String, HubFile> all, Collection<String> wanted, long maxSize)
            throws HubException {
        List<HubFile> files = new ArrayList<>();
        for (String name : wanted) {
            HubFile file = all.get(name);
            if (file == null) {
                throw new HubException(id + ": expected a file " + name + ", found none");
            }
            if (file.size() > maxSize) {
                throw new HubException(
                        id + ": " + name + ": expected at most " + maxSize + " bytes, found " + file.size());
            }
            files.add(file);
        }
        return files;
    }

    private List<HubFile> missing(List<HubFile> files, Tools tools) throws IOException {
        List<HubFile> missing = new ArrayList<>();
        for (HubFile file : files) {
            if (tools.snapshot().has(file)) {
                done.addAndGet(file.size());
            } else {
                missing.add(file);
            }
        }
        if (!missing.isEmpty()) {
            requireSpace(missing, tools.transfer());
        }
        return missing;
    }

    private void requireSpace(List<HubFile> files, Transfer transfer) throws IOException {
        Files.createDirectories(options.cache());
        // Two names for one content are one file.
        Set<String> counted = new HashSet<>();
        long needed = 0;
        for (HubFile file : files) {
            needed += counted.add(file.oid()) ? file.size() - transfer.there(file) : 0;
        }
        long free = options.freeSpace().bytes(options.cache());
        if (needed > 0 && needed + RESERVE > free) {
            throw new HubException(id + ": expected " + megabytes(needed + RESERVE) + " of free space for "
                    + options.cache() + ", found " + megabytes(free));
        }
    }

    private static String megabytes(long bytes) {
        return Math.ceilDiv(bytes, 1_000_000) + " MB";
    }

    private void fetchAll(List<HubFile> files, Tools tools) throws IOException {
        try (ExecutorService threads = Executors.newFixedThreadPool(options.connections(),
                Thread.ofVirtual().name("mamba4j-transfer-", 0).factory())) {
            var ended = new ExecutorCompletionService<Void>(threads);
            for (HubFile file : files) {
                ended.submit(() -> {
                    tools.fetch(file);
                    return null;
                });
            }
            try {
                for (int i = 0; i < files.size(); i++) {
                    ended.take().get();
                }
            } catch (ExecutionException e) {
                throw HubDownload.failure(e.getCause());
            } catch (InterruptedException e) {
                throw stop.interrupted();
            } finally {
                // Ends the others, if one has failed. What they have stays.
                stop.set();
            }
        }
    }
}
