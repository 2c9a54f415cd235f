package io.github.mamba4j.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The memory that this process occupies. Linux tells it; elsewhere it is put together of what Java has reserved and the
 * weights outside its heap.
 */
final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private final long offHeapBytes;

    /**
     * Prepares for a system that does not tell.
     *
     * @param offHeapBytes the size of the weights
     */
    ProcessMemory(long offHeapBytes) {
        this.offHeapBytes = offHeapBytes;
    }

    /**
     * The most that has been resident since the process began.
     *
     * @return bytes
     */
    long peakBytes() {
        return status("VmHWM:");
    }

    /**
     * What is resident now.
     *
     * @return bytes
     */
    long residentBytes() {
        return status("VmRSS:");
    }

    private long status(String key) {
        // For instance "VmHWM:    512340 kB", where a kB is 1024 bytes.
        try (Stream<String> lines = Files.lines(STATUS, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(key)).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024).orElseGet(this::reserved);
        } catch (IOException e) {
            return reserved();
        }
    }

    private long reserved() {
        var memory = ManagementFactory.getMemoryMXBean();
        return memory.getHeapMemoryUsage().getCommitted() + memory.getNonHeapMemoryUsage().getCommitted()
                + offHeapBytes;
    }
}
