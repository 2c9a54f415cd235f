package io.github.mamba4j.engine.constrain;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A deterministic automaton over bytes whose states are numbers, made as they are reached. Not thread-safe. */
interface Dfa {
    /** What a step leads to if the byte cannot follow. */
    int DEAD = -1;

    /** The state before the first byte. */
    int start();

    /** The state after a byte, or {@link #DEAD}. */
    int next(int state, int value);

    boolean accepting(int state);

    /** The texts of a regular expression in an encoding. */
    static Dfa of(Regex regex, Encoding encoding) {
        Network network = new Network();
        int rule = network.rule();
        network.free(new RegexEmitter(network, encoding).emit(network.start(rule), regex), network.end(rule));
        if (Reach.bytes(network)[network.start(rule)] == Reach.NEVER) {
            return new Nothing();
        }
        return new OfMachine(new Machine(network, rule, new Machine.Limits(1, 1024, 256L << 20)));
    }

    /** No text. */
    record Nothing() implements Dfa {
        @Override
        public int start() {
            return 0;
        }

        @Override
        public int next(int state, int value) {
            return DEAD;
        }

        @Override
        public boolean accepting(int state) {
            return false;
        }
    }

    /** Numbers the configurations of a machine, as long as it forgets none. */
    final class OfMachine implements Dfa {
        private final Machine machine;
        private final int epoch;
        private final List<Configuration> states = new ArrayList<>();
        private final Map<Configuration, Integer> numbers = new IdentityHashMap<>();

        OfMachine(Machine machine) {
            this.machine = machine;
            Configuration start = machine.start();
            epoch = start.epoch();
            number(start);
        }

        private int number(Configuration configuration) {
            if (configuration.dead()) {
                return DEAD;
            }
            if (configuration.epoch() != epoch) {
                throw Product.tooLarge();
            }
            return numbers.computeIfAbsent(configuration, c -> {
                states.add(c);
                return states.size() - 1;
            });
        }

        @Override
        public int start() {
            return 0;
        }

        @Override
        public int next(int state, int value) {
            return number(machine.next(states.get(state), value));
        }

        @Override
        public boolean accepting(int state) {
            return states.get(state).accepting();
        }
    }

    /** Texts of so many characters, in an encoding that tells where a character ends. */
    final class Length implements Dfa {
        private final Dfa character = Dfa.of(new Regex.Characters(CodePoints.ALL), Encoding.JSON_STRING);
        private final int min;
        private final int max;

        /** States within a character, at most; they are numbered below a multiple of this, which counts characters. */
        private static final int WITHIN = 64;

        /**
         * Counts characters.
         *
         * @param min how many at least
         * @param max how many at most, or {@link Regex#UNBOUNDED}
         */
        Length(int min, int max) {
            this.min = min;
            this.max = max;
            if (Math.max(min, max) > Product.MAX_STATES) {
                throw Product.tooLarge();
            }
        }

        @Override
        public int start() {
            return character.start();
        }

        @Override
        public int next(int state, int value) {
            int count = state / WITHIN;
            int within = character.next(state % WITHIN, value);
            if (within == DEAD || max != Regex.UNBOUNDED && count == max) {
                return DEAD;
            }
            if (!character.accepting(within)) {
                return count * WITHIN + within;
            }
            // Behind the least count all counts are alike if there is no greatest one.
            int counted = max == Regex.UNBOUNDED ? Math.min(count + 1, min) : count + 1;
            return counted * WITHIN + character.start();
        }

        @Override
        public boolean accepting(int state) {
            return state % WITHIN == character.start() && state / WITHIN >= min;
        }
    }

    /**
     * Numbers in plain notation that are multiples of {@code unit * 10^-scale}, with at most {@code scale} digits behind the
     * point. A state is what the digits so far leave when they are divided by the unit, and how many of them are behind the
     * point.
     *
     * @param unit above 0
     * @param scale 0 or more
     */
    record Multiple(int unit, int scale) implements Dfa {
        @Override
        public int start() {
            return 0;
        }

        @Override
        public int next(int state, int value) {
            int remainder = state % unit;
            // 0 before the point, then 1 plus the digits behind it.
            int behind = state / unit;
            if (value == '-') {
                return state;
            }
            if (value == '.') {
                return behind == 0 && scale > 0 ? unit + remainder : DEAD;
            }
            if (value < '0' || value > '9' || behind > scale) {
                return DEAD;
            }
            int digit = (int) ((10L * remainder + value - '0') % unit);
            return (behind == 0 ? 0 : behind + 1) * unit + digit;
        }

        @Override
        public boolean accepting(int state) {
            long value = state % unit;
            for (int digits = Math.max(0, state / unit - 1); digits < scale; digits++) {
                value = value * 10 % unit;
            }
            return value == 0;
        }
    }
}
