package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.Regex.Characters;
import io.github.mamba4j.engine.constrain.Regex.Choice;
import io.github.mamba4j.engine.constrain.Regex.Repeat;
import io.github.mamba4j.engine.constrain.Regex.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns a regular expression into states and arcs of a network (Thompson's construction). No arc leads back into a state
 * from which something is emitted, so that what is emitted from the same state twice does not mix.
 */
final class RegexEmitter {

    /** A character from a state on. */
    private record Step(int from, Regex character) {}

    private final Network network;
    private final Encoding encoding;

    RegexEmitter(Network network, Encoding encoding) {
        this.network = network;
        this.encoding = encoding;
    }

    /**
     * Adds the ways from a state that are the texts of an expression.
     *
     * @return the state where they all end
     */
    int emit(int from, Regex regex) {
        return switch (regex) {
            case Characters characters -> {
                int to = network.state();
                encoding.add(network, from, characters.set(), to);
                yield to;
            }
            case Sequence sequence -> {
                int at = from;
                for (Regex part : sequence.parts()) {
                    at = emit(at, part);
                }
                yield at;
            }
            case Choice choice -> {
                int to = network.state();
                Map<Step, Integer> shared = new HashMap<>();
                for (Regex alternative : choice.alternatives()) {
                    network.free(emitShared(from, alternative, shared), to);
                }
                yield to;
            }
            case Repeat repeat -> emitRepeat(from, repeat);
        };
    }

    /**
     * Alternatives that begin with the same characters share the states of the beginning, so that a list of words is one
     * reading and not one for each word.
     */
    private int emitShared(int from, Regex alternative, Map<Step, Integer> shared) {
        int at = from;
        boolean beginning = true;
        for (Regex part : alternative instanceof Sequence sequence ? sequence.parts() : List.of(alternative)) {
            int before = at;
            beginning &= part instanceof Characters;
            at = beginning
                    ? shared.computeIfAbsent(new Step(before, part), _ -> emit(before, part))
                    : emit(before, part);
        }
        return at;
    }

    private int emitRepeat(int from, Repeat repeat) {
        int at = from;
        for (int i = 0; i < repeat.min(); i++) {
            at = copy(at, repeat.part());
        }
        if (repeat.max() == Regex.UNBOUNDED) {
            int loop = network.state();
            network.free(at, loop);
            network.free(emit(loop, repeat.part()), loop);
            int to = network.state();
            network.free(loop, to);
            return to;
        }
        int to = network.state();
        network.free(at, to);
        for (int i = repeat.min(); i < repeat.max(); i++) {
            at = copy(at, repeat.part());
            network.free(at, to);
        }
        return to;
    }

    /** One more copy of a part. It starts at a new state, so that even copies of nothing run into the limit of states. */
    private int copy(int from, Regex part) {
        int start = network.state();
        network.free(from, start);
        return emit(start, part);
    }
}
