package io.github.mamba4j.cli;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this process runs on.
 *
 * @param java version of Java and name of the virtual machine
 * @param system operating system and architecture
 * @param processor the processor's name, or null if the system does not tell it
 * @param processors how many processors this process may use
 * @param memoryBytes memory of the machine, or of the container
 * @param freeMemoryBytes how much of it is not in use
 * @param heapBytes the most that Java's heap can grow to; weights are outside it
 * @param optimised whether Java's optimising compiler is at work, without which vector operations are very slow
 * @param powersave whether the system keeps the clock down
 */
record Machine(String java, String system, String processor, int processors, long memoryBytes,
        long freeMemoryBytes, long heapBytes, boolean optimised, boolean powersave) {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
    private static final Path GOVERNOR = Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    private static final String FULL_OPTIMISATION = "4";

    /**
     * Looks around.
     *
     * @return this machine
     */
    static Machine inspect() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(Runtime.version() + ", " + System.getProperty("java.vm.name"),
                "%s %s, %s".formatted(System.getProperty("os.name"), System.getProperty("os.version"),
                        System.getProperty("os.arch")),
                processorName(), Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize(),
                system.getFreeMemorySize(), Runtime.getRuntime().maxMemory(), isOptimised(), isPowersave());
    }

    /** Linux writes the name once for every processor; other systems have no such file. */
    private static String processorName() {
        try (Stream<String> lines = Files.lines(CPU_INFO, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("model name")).findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).strip()).orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean isOptimised() {
        boolean compiled = !System.getProperty("java.vm.info", "").startsWith("interpreted");
        var hotspot = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return compiled && hotspot.getVMOption("TieredStopAtLevel").getValue().equals(FULL_OPTIMISATION);
    }

    private static boolean isPowersave() {
        try {
            return Files.readString(GOVERNOR).strip().equals("powersave");
        } catch (IOException e) {
            return false;
        }
    }
}
