package io.github.mamba4j.engine.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers as Python has them: integers of any size (a {@code Long} where it fits, else a {@code BigInteger}) and doubles. */
final class Numbers {
    private static final BigInteger MIN_LONG = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);
    /** Rounding to more places changes no double. */
    private static final int MAX_PLACES = 323;

    private Numbers() {}

    /** The form in which an integer is kept. */
    static Object normal(BigInteger value) {
        return value.compareTo(MIN_LONG) >= 0 && value.compareTo(MAX_LONG) <= 0 ? (Object) value.longValue() : value;
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
    }

    static boolean isNumber(Object value) {
        return isInteger(value) || value instanceof Double;
    }

    static BigInteger big(Object integer) {
        return switch (integer) {
            case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
            case Long n -> BigInteger.valueOf(n);
            case BigInteger n -> n;
            case null, default -> throw new Failure("expected an integer, found " + Kinds.of(integer));
        };
    }

    /** A number as a double. */
    static double real(Object number) {
        double value = switch (number) {
            case Boolean b -> b ? 1 : 0;
            case Long n -> n;
            case BigInteger n -> n.doubleValue();
            case Double d -> {
                yield d;
            }
            case null, default -> throw new Failure("expected a number, found " + Kinds.of(number));
        };
        if (Double.isInfinite(value) && number instanceof BigInteger) {
            throw new Failure("an integer is too large for a number with a fraction");
        }
        return value;
    }

    /** An integer as an int, or the nearest there is. */
    static int index(Object value, String what) {
        return switch (value) {
            case Boolean b -> b ? 1 : 0;
            case Long n -> Math.clamp(n, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case BigInteger n -> n.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
            case Undefined u -> throw u.failure();
            case null, default -> throw new Failure(what + ": expected an integer, found " + Kinds.of(value));
        };
    }

    /** Compares two numbers exactly; neither is NaN. */
    static int compare(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (isInteger(a) && isInteger(b)) {
            return big(a).compareTo(big(b));
        }
        if (a instanceof Double x && b instanceof Double y) {
            // Python's zeros are equal.
            return x < y ? -1 : x > y ? 1 : 0;
        }
        if (a instanceof Double x && Double.isInfinite(x)) {
            return x > 0 ? 1 : -1;
        }
        if (b instanceof Double y && Double.isInfinite(y)) {
            return y > 0 ? -1 : 1;
        }
        return exact(a).compareTo(exact(b));
    }

    private static BigDecimal exact(Object number) {
        return number instanceof Double d ? new BigDecimal(d) : new BigDecimal(big(number));
    }

    /** The sign of a number. */
    static int compareToZero(Object number) {
        return number instanceof Double d ? (int) Math.signum(d) : big(number).signum();
    }

    /** The quotient of large integers, rounded once. */
    static double quotient(BigInteger a, BigInteger b) {
        double value = new BigDecimal(a).divide(new BigDecimal(b), MathContext.DECIMAL128).doubleValue();
        if (Double.isInfinite(value)) {
            throw new Failure("a quotient gets too large");
        }
        return value;
    }

    static boolean isNan(Object value) {
        return value instanceof Double d && Double.isNaN(d);
    }

    /** A double as Python's {@code repr} has it: the shortest digits that mean it, with an exponent from 1e16 on. */
    static String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value > 0 ? "0.0" : "-0.0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int exponent = digits.length() - 1 - shortest.scale();
        String text;
        if (exponent >= 16 || exponent < -4) {
            String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
            String size = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
            text = digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + size;
        } else {
            text = shortest.toPlainString();
            text = text.indexOf('.') < 0 ? text + ".0" : text;
        }
        return value < 0 ? "-" + text : text;
    }

    /** The fewest digits that mean a double. Java's has two where one would do. */
    private static BigDecimal shortest(double value) {
        BigDecimal two = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (two.precision() == 2) {
            BigDecimal one = two.round(new MathContext(1, RoundingMode.HALF_EVEN));
            return one.doubleValue() == value ? one.stripTrailingZeros() : two;
        }
        return two;
    }

    /** An integer in decimal digits. */
    static String text(BigInteger value, Budget budget) {
        budget.work(value.bitLength());
        String text = value.toString();
        if (text.length() > Budget.MAX_DIGITS + 1) {
            throw new Failure("a number gets too large: expected at most " + Budget.MAX_DIGITS + " digits");
        }
        return text;
    }

    /** Rounds half to even, as Python's {@code round}. */
    static Object round(Object number, int places) {
        if (number instanceof Double d) {
            if (Double.isNaN(d) || Double.isInfinite(d) || places > MAX_PLACES) {
                return d;
            }
            if (places < -MAX_PLACES) {
                return 0.0 * d;
            }
            double rounded = new BigDecimal(d).setScale(places, RoundingMode.HALF_EVEN).doubleValue();
            if (Double.isInfinite(rounded)) {
                throw new Failure("round: the result is too large");
            }
            return rounded == 0 ? Math.copySign(0.0, d) : rounded;
        }
        if (places >= 0) {
            return normal(big(number));
        }
        if (-(long) places > Budget.MAX_DIGITS) {
            return 0L;
        }
        return normal(new BigDecimal(big(number)).setScale(places, RoundingMode.HALF_EVEN).toBigInteger());
    }

    /** A double without its fraction. */
    static Object truncated(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw new Failure("a number that is not finite cannot become an integer");
        }
        return normal(new BigDecimal(value).toBigInteger());
    }

    /** What Python's {@code int} makes of a text; null if it is none. */
    static Object integer(String text, int base) {
        String digits = strip(text).toLowerCase(java.util.Locale.ROOT);
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int found = base;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            int prefix = switch (digits.charAt(1)) {
                case 'x' -> 16;
                case 'o' -> 8;
                case 'b' -> 2;
                default -> 0;
            };
            if (prefix != 0 && (base == 0 || base == prefix)) {
                found = prefix;
                digits = digits.substring(digits.startsWith("_", 2) ? 3 : 2);
            } else if (base == 0 && !digits.chars().allMatch(c -> c == '0' || c == '_')) {
                return null;
            }
        }
        found = found == 0 ? 10 : found;
        String ascii = digits(digits, found);
        if (ascii == null || ascii.length() > Budget.MAX_DIGITS) {
            return null;
        }
        BigInteger value = new BigInteger(ascii, found);
        return normal(negative ? value.negate() : value);
    }

    /** Digits of any script as ASCII ones, without single underscores between them; null if there is anything else. */
    private static String digits(String text, int base) {
        StringBuilder ascii = new StringBuilder(Math.min(text.length(), Budget.MAX_DIGITS + 1));
        boolean underscore = true;
        for (int i = 0; i < text.length() && ascii.length() <= Budget.MAX_DIGITS; i++) {
            char c = text.charAt(i);
            if (c == '_' && !underscore) {
                underscore = true;
                continue;
            }
            int digit = c < 128 || Chars.isDecimal(c) ? Character.digit(c, base) : -1;
            if (digit < 0) {
                return null;
            }
            underscore = false;
            ascii.append(Character.forDigit(digit, base));
        }
        return ascii.isEmpty() || underscore ? null : ascii.toString();
    }

    /** What Python's {@code float} makes of a text; null if it is none. */
    static Double real(String text, Budget budget) {
        String trimmed = strip(text);
        budget.work(trimmed.length());
        String lower = trimmed.toLowerCase(java.util.Locale.ROOT);
        String unsigned = lower.startsWith("-") || lower.startsWith("+") ? lower.substring(1) : lower;
        double sign = lower.startsWith("-") ? -1 : 1;
        if (unsigned.equals("nan")) {
            return Double.NaN;
        }
        if (unsigned.equals("inf") || unsigned.equals("infinity")) {
            return sign * Double.POSITIVE_INFINITY;
        }
        int at = run(unsigned, 0);
        boolean digits = at > 0;
        if (at < unsigned.length() && unsigned.charAt(at) == '.') {
            int end = run(unsigned, at + 1);
            digits |= end > at + 1;
            at = end;
        }
        if (digits && at < unsigned.length() && unsigned.charAt(at) == 'e') {
            int from = unsigned.startsWith("+", at + 1) || unsigned.startsWith("-", at + 1) ? at + 2 : at + 1;
            int end = run(unsigned, from);
            digits = end > from;
            at = end;
        }
        // The conversion of Java's takes time that grows with the square of the digits.
        if (!digits || at < unsigned.length() || unsigned.length() > Budget.MAX_DIGITS) {
            return null;
        }
        return sign * Double.parseDouble(unsigned.replace("_", ""));
    }

    /** The end of ASCII digits with single underscores between them. */
    private static int run(String text, int from) {
        int end = from;
        while (end < text.length() && (Chars.isDigit(text.charAt(end)) || text.charAt(end) == '_' && end > from
                && text.charAt(end - 1) != '_' && end + 1 < text.length() && Chars.isDigit(text.charAt(end + 1)))) {
            end++;
        }
        return end;
    }

    private static String strip(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && Chars.isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && Chars.isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }
}
