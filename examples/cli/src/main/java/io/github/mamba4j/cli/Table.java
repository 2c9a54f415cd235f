package io.github.mamba4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Facts for people: a name and a value on each line, the values below each other. */
final class Table {
    private final List<Fact> facts = new ArrayList<>();

    private record Fact(String name, String value) {}

    Table add(String name, Object value) {
        facts.add(new Fact(name, String.valueOf(value)));
        return this;
    }

    void print(Io io) {
        int width = facts.stream().mapToInt(fact -> fact.name().length()).max().orElse(0);
        facts.forEach(fact -> io.println(fact.name() + " ".repeat(width + 2 - fact.name().length()) + fact.value()));
    }

    /**
     * A size as people read it.
     *
     * @param bytes the size
     * @return for instance {@code 4.4 MB}; units are powers of 1000
     */
    static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " bytes";
        }
        double size = bytes;
        String units = "kMGTPE";
        int unit = -1;
        while (size >= 999.95) {
            size /= 1000;
            unit++;
        }
        return decimal(size, 1) + " " + units.charAt(unit) + "B";
    }

    /**
     * A number with a decimal point, whatever the machine's locale says.
     *
     * @param value the number
     * @param digits how many digits come after the point
     * @return the number
     */
    static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /**
     * A count with commas between the thousands.
     *
     * @param value the count
     * @return for instance {@code 2,210,496}
     */
    static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
