package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.Network.Arc;
import io.github.mamba4j.engine.constrain.Network.Bytes;
import io.github.mamba4j.engine.constrain.Network.Call;
import io.github.mamba4j.engine.constrain.Network.Free;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntBinaryOperator;

/**
 * What it takes to come from each state of a network to the end of the state's rule, at least: open calls, and bytes. A
 * state for which nothing is enough is dead, and so no token may lead there.
 *
 * <p>
 * Both are least costs where the cost of a way never falls as the way grows: Dijkstra's algorithm, run backwards from the
 * ends of rules, in the form that Knuth gave it for grammars ("A generalization of Dijkstra's algorithm", 1977). A call
 * joins two costs, that of the rule and that of going on behind it: the larger one for open calls, the sum for bytes.
 */
final class Reach {

    /** The cost where there is no way. */
    static final int NEVER = Integer.MAX_VALUE;

    private record Candidate(int state, int cost) {}

    /** An arc that comes into a state. */
    private record Incoming(int from, Arc arc) {}

    private final Network network;
    private final List<List<Incoming>> incoming = new ArrayList<>();
    private final int[] cost;

    private Reach(Network network) {
        this.network = network;
        this.cost = new int[network.stateCount()];
        Arrays.fill(cost, NEVER);
        for (int s = 0; s < network.stateCount(); s++) {
            incoming.add(new ArrayList<>(2));
        }
        for (int s = 0; s < network.stateCount(); s++) {
            for (Arc arc : network.arcs(s)) {
                incoming.get(arc.to()).add(new Incoming(s, arc));
                if (arc instanceof Call(int rule, int _)) {
                    incoming.get(network.start(rule)).add(new Incoming(s, arc));
                }
            }
        }
    }

    /** How many calls have to be open at once, at least, on the way from each state to the end of its rule. */
    static int[] openCalls(Network network) {
        // A call whose way back leads straight to the end is a jump (see Machine) and opens nothing.
        return new Reach(network).solve(0, Math::max, 1);
    }

    /** How many bytes are needed, at least, from each state to the end of its rule; capped below {@link #NEVER}. */
    static int[] bytes(Network network) {
        return new Reach(network).solve(1, Reach::cappedSum, 0);
    }

    private static int cappedSum(int a, int b) {
        return (int) Math.min((long) a + b, NEVER - 1L);
    }

    private int[] solve(int costOfByte, IntBinaryOperator join, int costOfCall) {
        PriorityQueue<Candidate> open = new PriorityQueue<>(Comparator.comparingInt(Candidate::cost));
        for (int s = 0; s < network.stateCount(); s++) {
            if (network.isEnd(s)) {
                open.add(new Candidate(s, 0));
            }
        }
        while (!open.isEmpty()) {
            Candidate best = open.remove();
            if (cost[best.state] != NEVER) {
                continue;
            }
            cost[best.state] = best.cost;
            for (Incoming way : incoming.get(best.state)) {
                int candidate = switch (way.arc) {
                    case Bytes _ -> cappedSum(best.cost, costOfByte);
                    case Free _ -> best.cost;
                    case Call call -> costOf(call, join, costOfCall);
                };
                if (candidate != NEVER && cost[way.from] == NEVER) {
                    open.add(new Candidate(way.from, candidate));
                }
            }
        }
        return cost;
    }

    private int costOf(Call call, IntBinaryOperator join, int costOfCall) {
        int inside = cost[network.start(call.rule())];
        int behind = cost[call.to()];
        if (inside == NEVER || behind == NEVER) {
            return NEVER;
        }
        boolean jump = network.isEnd(call.to());
        return join.applyAsInt(jump ? inside : cappedSum(inside, costOfCall), behind);
    }
}
