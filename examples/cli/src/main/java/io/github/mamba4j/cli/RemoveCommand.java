package io.github.mamba4j.cli;

import io.github.mamba4j.weights.file.hub.HubCache;
import io.github.mamba4j.weights.file.hub.HubId;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mamba remove}: makes room in the cache. */
@Command(name = "remove", description = {"Removes a model from the Hugging Face cache.",
        "All revisions of it go, for the other programs that use the cache too; with :TYPE only that GGUF model goes. "
                + "Asks first."}, footerHeading = "%nExamples:%n", footer = {
                        "  mamba remove state-spaces/mamba-130m-hf",
                        "  mamba remove owner/name-GGUF:Q4_K_M --yes"})
final class RemoveCommand implements Callable<Integer> {
    private final Io io;

    @Parameters(paramLabel = "MODEL", converter = HubIdConverter.class, description = "owner/name, or owner/name:TYPE.")
    private HubId id;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    RemoveCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        var cache = new HubCache(new ModelHub(io).cache());
        if (!yes && !io.interactive()) {
            throw new IOException("remove: there is no terminal to ask on; --yes removes " + id + " without asking");
        }
        if (!yes && !Question.ask(io, "Remove " + id + " from " + cache.folder() + "?")) {
            throw new IOException("remove: " + id + " was kept");
        }
        io.println("removed " + id + ", " + Table.bytes(cache.remove(id)) + " are free now");
        return 0;
    }
}
