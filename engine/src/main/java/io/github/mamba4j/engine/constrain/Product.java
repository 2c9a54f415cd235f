package io.github.mamba4j.engine.constrain;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The texts that several automata allow at once: their product, as states of a network. */
final class Product {
    /** More states than this are refused. */
    static final int MAX_STATES = 40_000;

    private final Network network;
    private final List<Dfa> factors;
    private final Map<List<Integer>, Integer> known = new HashMap<>();
    private final ArrayDeque<List<Integer>> open = new ArrayDeque<>();

    private Product(Network network, List<Dfa> factors) {
        this.network = network;
        this.factors = factors;
    }

    static IllegalArgumentException tooLarge() {
        return new IllegalArgumentException("what is asked for together needs an automaton of more than " + MAX_STATES
                + " states; make the lengths smaller, or the pattern simpler");
    }

    /**
     * Adds the ways from a state that are the texts of all automata.
     *
     * @return the state where they all end
     * @throws IllegalArgumentException if that takes too many states
     */
    static int emit(Network network, int from, List<Dfa> factors) {
        Product product = new Product(network, factors);
        int end = network.state();
        network.free(from, product.state(factors.stream().map(Dfa::start).toList()));
        while (!product.open.isEmpty()) {
            product.expand(product.open.remove(), end);
        }
        return end;
    }

    private int state(List<Integer> tuple) {
        return known.computeIfAbsent(tuple, t -> {
            if (known.size() == MAX_STATES) {
                throw tooLarge();
            }
            open.add(t);
            return network.state();
        });
    }

    private void expand(List<Integer> tuple, int end) {
        int from = known.get(tuple);
        boolean accepting = true;
        for (int i = 0; i < factors.size(); i++) {
            accepting &= factors.get(i).accepting(tuple.get(i));
        }
        if (accepting) {
            network.free(from, end);
        }
        List<Integer> before = List.of();
        int low = 0;
        for (int value = 0; value <= 256; value++) {
            List<Integer> after = value == 256 ? null : next(tuple, value);
            if (after != null && after.equals(before)) {
                continue;
            }
            if (!before.isEmpty()) {
                network.bytes(from, low, value - 1, state(before));
            }
            before = after == null ? List.of() : after;
            low = value;
        }
    }

    /** Empty if one automaton does not let the byte follow. */
    private List<Integer> next(List<Integer> tuple, int value) {
        Integer[] after = new Integer[tuple.size()];
        for (int i = 0; i < after.length; i++) {
            after[i] = factors.get(i).next(tuple.get(i), value);
            if (after[i] == Dfa.DEAD) {
                return List.of();
            }
        }
        return new ArrayList<>(Arrays.asList(after));
    }
}
