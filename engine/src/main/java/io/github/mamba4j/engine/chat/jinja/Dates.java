package io.github.mamba4j.engine.chat.jinja;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** Dates as {@code strftime} writes them in the C locale, on Linux. */
final class Dates {
    private Dates() {}

    static String format(String format, LocalDateTime time, Budget budget) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 >= format.length()) {
                budget.text(4);
                budget.step();
                out.append(c);
                continue;
            }
            budget.work(8);
            char flag = format.charAt(++i);
            boolean hasFlag = "-_0^#".indexOf(flag) >= 0 && i + 1 < format.length();
            char letter = hasFlag ? format.charAt(++i) : flag;
            String value = value(letter, time, budget);
            String text = value == null
                    ? "%" + (hasFlag ? "" + flag : "") + letter
                    : hasFlag ? flagged(value, flag) : value;
            TextMethods.append(out, text, budget);
        }
        return out.toString();
    }

    private static String flagged(String value, char flag) {
        boolean digits = !value.isEmpty() && Chars.isDigit(value.charAt(value.length() - 1));
        int zeros = 0;
        while (digits && zeros < value.length() - 1 && (value.charAt(zeros) == '0' || value.charAt(zeros) == ' ')) {
            zeros++;
        }
        return switch (flag) {
            case '-' -> value.substring(zeros);
            case '_' -> " ".repeat(zeros) + value.substring(zeros);
            case '0' -> "0".repeat(zeros) + value.substring(zeros);
            default -> value.toUpperCase(Locale.ROOT);
        };
    }

    private static String value(char letter, LocalDateTime t, Budget budget) {
        int week = t.getDayOfWeek().getValue();
        return switch (letter) {
            case 'Y' -> Integer.toString(t.getYear());
            case 'C' -> two(t.getYear() / 100);
            case 'y' -> two(t.getYear() % 100);
            case 'm' -> two(t.getMonthValue());
            case 'd' -> two(t.getDayOfMonth());
            case 'e' -> spaced(t.getDayOfMonth());
            case 'H' -> two(t.getHour());
            case 'k' -> spaced(t.getHour());
            case 'I' -> two(twelve(t));
            case 'l' -> spaced(twelve(t));
            case 'M' -> two(t.getMinute());
            case 'S' -> two(t.getSecond());
            case 'f' -> String.format(Locale.ROOT, "%06d", t.getNano() / 1000);
            case 'p' -> t.getHour() < 12 ? "AM" : "PM";
            case 'P' -> t.getHour() < 12 ? "am" : "pm";
            case 'j' -> String.format(Locale.ROOT, "%03d", t.getDayOfYear());
            case 'a' -> t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> t.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> t.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'B' -> t.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'u' -> Integer.toString(week);
            case 'w' -> Integer.toString(week % 7);
            case 'U' -> two((t.getDayOfYear() + 6 - week % 7) / 7);
            case 'W' -> two((t.getDayOfYear() + 6 - (week + 6) % 7) / 7);
            case 'V' -> two(t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            case 'G' -> Integer.toString(t.get(IsoFields.WEEK_BASED_YEAR));
            case 'g' -> two(t.get(IsoFields.WEEK_BASED_YEAR) % 100);
            case 's' -> Long.toString(t.truncatedTo(ChronoUnit.SECONDS).atZone(ZoneId.systemDefault()).toEpochSecond());
            case 'z', 'Z' -> "";
            case 'n' -> "\n";
            case 't' -> "\t";
            case '%' -> "%";
            case 'D', 'x' -> format("%m/%d/%y", t, budget);
            case 'F' -> format("%Y-%m-%d", t, budget);
            case 'T', 'X' -> format("%H:%M:%S", t, budget);
            case 'R' -> format("%H:%M", t, budget);
            case 'r' -> format("%I:%M:%S %p", t, budget);
            case 'c' -> format("%a %b %e %H:%M:%S %Y", t, budget);
            default -> null;
        };
    }

    private static int twelve(LocalDateTime time) {
        return (time.getHour() + 11) % 12 + 1;
    }

    private static String two(int value) {
        return value < 10 ? "0" + value : Integer.toString(value);
    }

    private static String spaced(int value) {
        return value < 10 ? " " + value : Integer.toString(value);
    }
}
