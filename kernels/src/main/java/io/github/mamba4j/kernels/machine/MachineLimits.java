package io.github.mamba4j.kernels.machine;

import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.kernels.team.ThreadTeam;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * What the processors and the memory can do at best, for measurements that want to say how much of it they reach: the
 * rate of multiply-adds that never leave the registers, and the rate at which all threads together read memory. Both
 * change from minute to minute on a shared machine, so they are to be measured again between the runs that they are
 * compared with.
 *
 * <p>Uses vectors where the Vector API is loaded, else scalar code. The first measurements are too low: the compiler is
 * still at work. A measurement takes about {@value #SLICE_MILLIS} ms, a read as long as one pass over the data if that
 * is longer. Not thread-safe.
 */
public final class MachineLimits {
    /**
     * Independent chains of multiply-adds. Two units with a latency of four cycles are busy with eight; twelve and two
     * operands fit the 16 registers of AVX2.
     */
    static final int CHAINS = 12;
    /** Loads in flight in a read. */
    static final int STREAMS = 8;

    private static final int SLICE_MILLIS = 40;
    private static final long SLICE_NANOS = SLICE_MILLIS * 1_000_000L;
    /** Rounds between two looks at the clock: some two hundred microseconds. */
    private static final int ROUNDS = 1 << 17;
    /** Bytes between neighbouring streams of a read: about a row of weights, and not a multiple of the page size. */
    private static final int SPACING = 3072;

    private static final int BLOCK = STREAMS * SPACING;
    private static final int CACHE_LINE = 64;
    /** From one member's value to the next's: no two share a cache line, so that they do not wait for each other. */
    private static final int PADDING = CACHE_LINE / Double.BYTES;

    private final ThreadTeam team;
    private final boolean vectors = KernelChoice.obstacle().isEmpty();
    /** What each member has measured. */
    private final double[] results;
    /** What the loops compute: the compiler must not leave them out. */
    private final double[] sinks;

    /**
     * Limits of the threads of a team.
     *
     * @param team the threads to measure with
     */
    public MachineLimits(ThreadTeam team) {
        this.team = team;
        results = new double[team.size() * PADDING];
        sinks = new double[team.size() * PADDING];
    }

    /**
     * The peak of float32 arithmetic: every thread runs {@value #CHAINS} independent chains of fused multiply-adds.
     *
     * @return 10^9 floating-point operations per second, two for each multiply-add of a lane
     */
    public double fmaPeakGflops() {
        team.run((member, members) -> {
            long flops = 0;
            long start = System.nanoTime();
            long end;
            do {
                sinks[member * PADDING] = vectors ? VectorLimits.multiplyAdd(ROUNDS) : ScalarLimits.multiplyAdd(ROUNDS);
                flops += (vectors ? VectorLimits.LANES : 1) * 2L * CHAINS * ROUNDS;
                end = System.nanoTime();
            } while (end - start < SLICE_NANOS);
            results[member * PADDING] = (double) flops / (end - start);
        });
        return Arrays.stream(results).sum();
    }

    /**
     * The rate at which the threads read data that they share out among them: the better of one sequential stream and
     * eight neighbouring ones per thread. Every pass reads all of the data, so what does not fit a cache comes from
     * memory.
     *
     * @param data what to read, some 100 kB per thread at least. All of it has to have been written, for a page that
     *     never was is not in memory.
     * @return 10^9 bytes per second
     */
    public double readGigabytesPerSecond(List<MemorySegment> data) {
        return Math.max(read(data, vectorBytes(), STREAMS * vectorBytes()),
                read(data, SPACING, vectorBytes()));
    }

    private int vectorBytes() {
        return vectors ? VectorLimits.VECTOR_BYTES : Long.BYTES;
    }

    private double read(List<MemorySegment> data, int spacing, int advance) {
        Arrays.fill(results, 0);
        long start = System.nanoTime();
        long end;
        do {
            team.run((member, members) -> {
                for (MemorySegment segment : data) {
                    results[member * PADDING] += readShare(segment, member, members, spacing, advance);
                }
            });
            end = System.nanoTime();
        } while (end - start < SLICE_NANOS);
        return Arrays.stream(results).sum() / (end - start);
    }

    /** Returns the number of bytes that were read: whole blocks of the share. */
    private long readShare(MemorySegment segment, int member, int members, int spacing, int advance) {
        long from = segment.byteSize() * member / members;
        // A vector that crosses cache lines costs twice.
        from += -(segment.address() + from) & CACHE_LINE - 1;
        // One sequential stream is cut into blocks as long as those of separate streams.
        long blocks = (segment.byteSize() * (member + 1) / members - from) / BLOCK;
        int rounds = SPACING / vectorBytes();
        long sum = 0;
        for (long block = 0; block < blocks; block++) {
            long at = from + block * BLOCK;
            sum += vectors
                    ? VectorLimits.read(segment, at, spacing, advance, rounds)
                    : ScalarLimits.read(segment, at, spacing, advance, rounds);
        }
        sinks[member * PADDING] += sum;
        return blocks * BLOCK;
    }
}
