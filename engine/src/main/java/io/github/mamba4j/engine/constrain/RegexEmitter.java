package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.Regex.Characters;
import io.github.mamba4j.engine.constrain.Regex.Choice;
import io.github.mamba4j.engine.constrain.Regex.Repeat;
import io.github.mamba4j.engine.constrain.Regex.Sequence;

/** Turns a regular expression into states and arcs of a network (Thompson's construction). */
final class RegexEmitter {

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
                for (Regex alternative : choice.alternatives()) {
                    // A state of its own: a loop inside one alternative must not open a way into the others.
                    int branch = network.state();
                    network.free(from, branch);
                    network.free(emit(branch, alternative), to);
                }
                yield to;
            }
            case Repeat repeat -> emitRepeat(from, repeat);
        };
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
