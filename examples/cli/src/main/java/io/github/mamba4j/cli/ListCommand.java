package io.github.mamba4j.cli;

import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.file.hub.HubCache;
import io.github.mamba4j.weights.file.hub.HubModel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code mamba list}: the models in the cache. */
@Command(name = "list", description = {"Lists the models in the Hugging Face cache.",
        "Also those that other programs have put there, with their sizes and whether mamba4j runs them."})
final class ListCommand implements Callable<Integer> {
    private final Io io;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /**
     * What is told of a model.
     *
     * @param id its name
     * @param format how the weights are stored, or incomplete
     * @param bytes the size of its files
     * @param path the folder or file
     * @param runs whether it can be loaded, as far as its configuration and the heads of its files tell
     * @param reason why not; null if it can
     */
    private record Listed(String id, String format, long bytes, String path, boolean runs, String reason) {}

    /**
     * All of it.
     *
     * @param cache the folder
     * @param models what is in it
     */
    private record Listing(String cache, List<Listed> models) {}

    ListCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() throws IOException {
        var cache = new HubCache(new ModelHub(io).cache());
        List<Listed> models = cache.list().stream().map(ListCommand::describe).toList();
        if (json) {
            io.println(Json.line(new Listing(cache.folder().toString(), models)));
        } else if (models.isEmpty()) {
            io.println("no models in " + cache.folder());
        } else {
            print(models);
        }
        return 0;
    }

    private static Listed describe(HubModel model) {
        String reason = model.complete() ? problem(model) : "files are missing; 'mamba download " + model.id() + "'";
        return new Listed(model.id().toString(), model.format(), model.bytes(), model.path().toString(),
                reason == null, reason);
    }

    private static String problem(HubModel model) {
        try (Checkpoint checkpoint = Checkpoint.open(model.path())) {
            return checkpoint.tensorNames().isEmpty() ? "no tensors" : null;
        } catch (IOException e) {
            // The folder is known by the model's name.
            String message = Failures.message(e);
            String folder = model.path().toString();
            return message.startsWith(folder)
                    ? message.substring(folder.length()).replaceFirst("^[/\\\\:]\\s*", "")
                    : message;
        }
    }

    private void print(List<Listed> models) {
        int name = width("NAME", models.stream().map(Listed::id).toList());
        int format = width("FORMAT", models.stream().map(Listed::format).toList());
        line(name, format, "NAME", "SIZE", "FORMAT", "RUNS");
        for (Listed model : models) {
            line(name, format, model.id(), Table.bytes(model.bytes()), model.format(),
                    model.runs() ? "yes" : "no: " + model.reason());
        }
    }

    private static int width(String head, List<String> values) {
        return Math.max(head.length(), values.stream().mapToInt(String::length).max().orElse(0));
    }

    private void line(int name, int format, String... cells) {
        io.println(String.format("%-" + name + "s  %9s  %-" + format + "s  %s", (Object[]) cells));
    }
}
