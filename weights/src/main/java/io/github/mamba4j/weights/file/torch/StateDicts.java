package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.torch.TorchValue.Dict;
import io.github.mamba4j.weights.file.torch.TorchValue.View;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds the tensors of a model in what was saved: the dictionary itself, or one in it where a training saved more than
 * the model.
 */
final class StateDicts {
    /** What training programs call the model's part. */
    private static final List<String> USUAL = List.of("state_dict", "model_state_dict", "model", "module");
    private static final System.Logger LOG = System.getLogger(StateDicts.class.getName());

    private StateDicts() {}

    /**
     * The dictionary with the model's tensors.
     *
     * @param location the file, for messages
     * @param saved what was saved
     * @throws CheckpointException if there are no tensors, or it cannot be told which are the model's
     */
    static Dict find(String location, Dict saved) throws CheckpointException {
        if (hasTensors(saved)) {
            return saved;
        }
        List<String> found = inner(saved);
        if (found.isEmpty()) {
            throw new CheckpointException(location + ": expected a dictionary from names to tensors, found "
                    + (saved.items().isEmpty() ? "an empty one" : "no tensor in it: " + shown(saved)));
        }
        List<String> usual = USUAL.stream().filter(found::contains).toList();
        List<String> candidates = found.size() == 1 ? found : usual;
        if (candidates.size() != 1) {
            throw new CheckpointException(location + ": expected the tensors of one model, found several dictionaries"
                    + " with tensors: " + quoted(found) + "; save the one of the model by itself");
        }
        LOG.log(System.Logger.Level.INFO, "{0}: the tensors are those in ''{1}''",
                CheckpointException.oneLine(location),
                CheckpointException.oneLine(candidates.getFirst()));
        return (Dict) saved.items().get(candidates.getFirst());
    }

    /** The names of the dictionaries with tensors. */
    private static List<String> inner(Dict saved) {
        List<String> found = new ArrayList<>();
        // One dictionary may be there under any number of names; looking at it once must be enough.
        Map<Dict, Boolean> seen = new IdentityHashMap<>();
        saved.items().forEach((name, value) -> {
            if (value instanceof Dict dict && seen.computeIfAbsent(dict, StateDicts::hasTensors)) {
                found.add(name);
            }
        });
        return found;
    }

    private static boolean hasTensors(Dict dict) {
        return dict.items().values().stream().anyMatch(value -> value instanceof View);
    }

    private static String shown(Dict dict) {
        return dict.items().entrySet().stream().limit(5).map(item -> "'" + item.getKey() + "' is "
                + item.getValue().kind()).collect(Collectors.joining(", "));
    }

    private static String quoted(List<String> names) {
        return names.stream().limit(5).map(name -> "'" + name + "'").collect(Collectors.joining(", "))
                + (names.size() > 5 ? " and others" : "");
    }
}
