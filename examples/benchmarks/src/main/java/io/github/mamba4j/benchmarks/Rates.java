package io.github.mamba4j.benchmarks;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What JMH reports per second beside the number of operations. */
public final class Rates {
    private Rates() {}

    /** Of products of matrices. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Matmul {
        /** 10^9 floating-point operations: two for each weight and row. */
        public double gigaflops;
        /** 10^9 bytes of weights, which each product reads once. */
        public double gigabytes;

        /** For JMH. */
        public Matmul() {}

        void count(MatmulCase done) {
            gigaflops += done.operations() * 1e-9;
            gigabytes += done.bytes() * 1e-9;
        }
    }

    /** Of models. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Tokens {
        /** Tokens. */
        public long tokens;

        /** For JMH. */
        public Tokens() {}
    }

    /** Of work on single values; where the mode is average time, what JMH reports is the time of one. */
    @State(Scope.Thread)
    @AuxCounters
    public static class Values {
        /** Values: for each token as many as there are channels or elements. */
        public long values;

        /** For JMH. */
        public Values() {}
    }
}
