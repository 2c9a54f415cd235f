package io.github.mamba4j.cli;

import io.github.mamba4j.weights.file.hub.HubId;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code mamba download}: fetches a model into the cache. */
@Command(name = "download", description = {"Fetches a model from the Hugging Face Hub.",
        "It goes into the cache that huggingface_hub and llama.cpp use too; the folder or file is printed. A download "
                + "that was stopped goes on where it was.",
        "Environment: HF_HUB_CACHE or HF_HOME (where the cache is), HF_TOKEN (for models that ask for one), HF_ENDPOINT "
                + "(another server), HF_HUB_OFFLINE (no network)."}, footerHeading = "%nExamples:%n", footer = {
                        "  mamba download state-spaces/mamba-130m-hf",
                        "  mamba download owner/name@v1.0",
                        "  mamba download owner/name-GGUF:Q4_K_M"})
final class DownloadCommand implements Callable<Integer> {
    private final Io io;

    @Parameters(paramLabel = "MODEL", converter = HubIdConverter.class, description = "owner/name, with @REVISION for a branch, tag or commit, and :TYPE for one GGUF file.")
    private HubId id;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /**
     * What was downloaded.
     *
     * @param id its name
     * @param path the folder or file
     */
    private record Downloaded(String id, String path) {}

    DownloadCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        String path = new ModelHub(io).download(id).toString();
        io.println(json ? Json.line(new Downloaded(id.toString(), path)) : path);
        return 0;
    }
}
