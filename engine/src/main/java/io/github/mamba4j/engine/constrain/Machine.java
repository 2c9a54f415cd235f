package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.Configuration.Reading;
import io.github.mamba4j.engine.constrain.Network.Arc;
import io.github.mamba4j.engine.constrain.Network.Bytes;
import io.github.mamba4j.engine.constrain.Network.Call;
import io.github.mamba4j.engine.constrain.Network.Free;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs a network deterministically: the subset construction, made lazily, with a stack of open calls beside each state.
 * What has been worked out is remembered; when the memory is full it is emptied and begun anew (as RE2 does), so that no
 * pattern takes exponential time or memory. Readings that cannot come to an end within the allowed depth are dropped at
 * once, hence every configuration but the dead one leads to an accepting one.
 *
 * <p>
 * Thread-safe.
 */
final class Machine {

    private final Network network;
    private final int rule;
    private final Limits limits;
    private final int[] openCalls;
    private final int[] bytesToEnd;
    private final int[] classOf;
    private final int[] sampleOf;
    private final Map<List<Reading>, Configuration> known = new HashMap<>();
    private long weight;
    private volatile int epoch;

    /**
     * What keeps a machine small.
     *
     * @param depth how many calls may be open at once; it bounds how deep a text may be nested
     * @param readings how many readings of one text are followed at once; further ones are given up, which forbids some
     *            texts that fit but allows none that does not
     * @param memory the bytes that remembered configurations may take, about
     */
    record Limits(int depth, int readings, long memory) {}

    /**
     * A machine for the texts of one rule.
     *
     * @throws IllegalArgumentException if there are none within the depth
     */
    Machine(Network network, int rule, Limits limits) {
        this.network = network;
        this.rule = rule;
        this.limits = limits;
        this.openCalls = Reach.openCalls(network);
        this.bytesToEnd = Reach.bytes(network);
        this.classOf = ByteClasses.of(network);
        this.sampleOf = ByteClasses.samples(classOf);
        int needed = openCalls[network.start(rule)];
        if (needed == Reach.NEVER) {
            throw new IllegalArgumentException(
                    "the constraint allows no text: it contradicts itself, or each way through"
                            + " it leads back into itself");
        }
        if (needed > limits.depth) {
            throw new IllegalArgumentException("the constraint allows no text that is nested at most " + limits.depth
                    + " deep; the flattest one needs " + needed);
        }
    }

    /** The configuration before the first byte. */
    synchronized Configuration start() {
        return close(List.of(new Reading(network.start(rule), null)));
    }

    /** The configuration after one more byte; dead if the byte cannot follow. */
    Configuration next(Configuration from, int value) {
        int byteClass = classOf[value];
        Configuration remembered = from.next(byteClass);
        if (remembered != null && remembered.epoch() == epoch) {
            return remembered;
        }
        return step(from, byteClass);
    }

    /** The same configuration in today's memory, so that what outlives a purge does not keep the purged alive. */
    Configuration current(Configuration configuration) {
        return configuration.epoch() == epoch ? configuration : renew(configuration);
    }

    private synchronized Configuration renew(Configuration configuration) {
        return intern(configuration.readings(), configuration.accepting());
    }

    private synchronized Configuration step(Configuration from, int byteClass) {
        int value = sampleOf[byteClass];
        List<Reading> moved = new ArrayList<>();
        for (Reading reading : from.readings()) {
            for (Arc arc : network.arcs(reading.state())) {
                if (arc instanceof Bytes(int low, int high, int to) && low <= value && value <= high) {
                    live(to, reading.frame()).ifPresent(moved::add);
                }
            }
        }
        Configuration successor = close(moved);
        // Only within an epoch: what is older lives outside, and would keep alive all that follows from it.
        if (successor.epoch() == from.epoch()) {
            from.remember(byteClass, successor);
        }
        return successor;
    }

    /** The reading, unless it cannot come to an end within the depth. */
    private Optional<Reading> live(int state, Frame frame) {
        return openCalls[state] <= limits.depth - Frame.depth(frame)
                ? Optional.of(new Reading(state, frame))
                : Optional.empty();
    }

    /** Follows all arcs that consume nothing. */
    private Configuration close(List<Reading> readings) {
        ArrayDeque<Reading> open = new ArrayDeque<>(readings);
        Set<Reading> seen = new HashSet<>(readings);
        List<Reading> consuming = new ArrayList<>();
        boolean accepting = false;
        while (!open.isEmpty() && consuming.size() < limits.readings) {
            Reading reading = open.remove();
            if (network.isEnd(reading.state())) {
                accepting |= reading.frame() == null;
            }
            boolean consumes = false;
            for (Reading next : withoutByte(reading)) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
            for (Arc arc : network.arcs(reading.state())) {
                consumes |= arc instanceof Bytes(int _, int _, int to) && live(to, reading.frame()).isPresent();
            }
            if (consumes) {
                consuming.add(reading);
            }
        }
        return intern(consuming, accepting);
    }

    private List<Reading> withoutByte(Reading reading) {
        Frame frame = reading.frame();
        List<Reading> next = new ArrayList<>(2);
        if (frame != null && network.isEnd(reading.state())) {
            next.add(new Reading(frame.returnState(), frame.outer()));
        }
        for (Arc arc : network.arcs(reading.state())) {
            switch (arc) {
                case Free(int to) -> live(to, frame).ifPresent(next::add);
                case Call(int called, int to) -> call(called, to, frame).ifPresent(next::add);
                case Bytes _ -> {
                    // Consumes a byte: see step.
                }
            }
        }
        return next;
    }

    private Optional<Reading> call(int called, int to, Frame frame) {
        // Nothing is left to do behind such a call: it is a jump. So a chain of references does not deepen the stack.
        if (network.isEnd(to)) {
            return live(network.start(called), frame);
        }
        return live(to, frame).flatMap(
                _ -> live(network.start(called), new Frame(to, frame, bytesToEnd[to])));
    }

    private Configuration intern(List<Reading> readings, boolean accepting) {
        // Behind the readings, whether the text may end: the same readings may be reached with and without.
        List<Reading> key = new ArrayList<>(readings);
        if (accepting) {
            key.add(null);
        }
        Configuration configuration = known.get(key);
        if (configuration != null) {
            return configuration;
        }
        if (weight > limits.memory) {
            known.values().forEach(Configuration::forget);
            known.clear();
            weight = 0;
            epoch++;
        }
        int least = accepting ? 0 : Reach.NEVER;
        for (Reading reading : readings) {
            least = Math.min(least, bytesToEnd(reading));
        }
        configuration = new Configuration(List.copyOf(readings), accepting, least, epoch, sampleOf.length);
        known.put(key, configuration);
        weight += configuration.weight();
        return configuration;
    }

    private int bytesToEnd(Reading reading) {
        return (int) Math.min((long) bytesToEnd[reading.state()] + Frame.bytesToClose(reading.frame()),
                Reach.NEVER - 1L);
    }
}
