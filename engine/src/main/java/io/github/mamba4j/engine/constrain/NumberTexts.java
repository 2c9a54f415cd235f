package io.github.mamba4j.engine.constrain;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/**
 * JSON numbers within bounds, as regular expressions over their digits: two numbers of one length compare as their digits
 * do, from the left, until they differ.
 */
final class NumberTexts {

    /** Whole numbers have at most this many digits, so that they fit a long, unless a bound has more. */
    private static final int INTEGER_DIGITS = 18;

    /** Bounds of whole numbers count up to this many digits. */
    private static final int MAX_INTEGER_DIGITS = 100;

    /** Digits before and behind the point of other numbers, at most: about what a double tells apart. */
    private static final int DIGITS = 15;

    private static final Regex DIGIT = Regex.between('0', '9');
    private static final Regex WHOLE = Regex.choice(Regex.literal("0"),
            Regex.sequence(Regex.between('1', '9'), digits(0, DIGITS - 1)));

    /** A number without bounds: at most 15 digits before and behind the point, and an exponent of at most two. */
    static final Regex NUMBER = Regex.sequence(Regex.optional(Regex.literal("-")), WHOLE,
            Regex.optional(Regex.sequence(Regex.literal("."), digits(1, DIGITS))),
            Regex.optional(Regex.sequence(new Regex.Characters(CodePoints.anyOf("eE")),
                    Regex.optional(new Regex.Characters(CodePoints.anyOf("+-"))), digits(1, 2))));

    /**
     * What a schema says of the size of a number.
     *
     * @param low the lower bound, or null
     * @param lowOpen whether the lower bound itself is excluded
     * @param high the upper bound, or null
     * @param highOpen whether the upper bound itself is excluded
     */
    record Bounds(BigDecimal low, boolean lowOpen, BigDecimal high, boolean highOpen) {

        boolean none() {
            return low == null && high == null;
        }

        /** Where both hold. */
        Bounds and(Bounds o) {
            boolean takeLow = low == null || o.low != null && (o.low.compareTo(low) > 0 || o.low.compareTo(low) == 0
                    && o.lowOpen);
            boolean takeHigh = high == null || o.high != null && (o.high.compareTo(high) < 0
                    || o.high.compareTo(high) == 0 && o.highOpen);
            return new Bounds(takeLow ? o.low : low, takeLow ? o.lowOpen : lowOpen, takeHigh ? o.high : high,
                    takeHigh ? o.highOpen : highOpen);
        }

        /** Whole numbers of so many bits with a sign. */
        static Bounds ofBits(int bits) {
            BigDecimal limit = new BigDecimal(BigInteger.TWO.pow(bits - 1));
            return new Bounds(limit.negate(), false, limit, true);
        }
    }

    private NumberTexts() {}

    private static Regex digits(int min, int max) {
        return new Regex.Repeat(DIGIT, min, max);
    }

    /** Whole numbers without exponent, leading zeros or a negative zero. */
    static Regex integers(Bounds bounds) {
        int digits = Math.max(INTEGER_DIGITS, 1 + Math.max(integerDigits(bounds.low), integerDigits(bounds.high)));
        BigInteger limit = BigInteger.TEN.pow(Math.min(digits, MAX_INTEGER_DIGITS)).subtract(BigInteger.ONE);
        BigDecimal low = clamp(bounds.low, limit, limit.negate());
        BigDecimal high = clamp(bounds.high, limit, limit);
        BigInteger from = whole(low, RoundingMode.CEILING);
        BigInteger to = whole(high, RoundingMode.FLOOR);
        boolean skipFrom = bounds.lowOpen && low.compareTo(new BigDecimal(from)) == 0;
        boolean skipTo = bounds.highOpen && high.compareTo(new BigDecimal(to)) == 0;
        return integers(skipFrom ? from.add(BigInteger.ONE) : from, skipTo ? to.subtract(BigInteger.ONE) : to);
    }

    /** How many digits a bound has before the point; 0 if that is fewer than usual, or far more than is looked at. */
    private static int integerDigits(BigDecimal bound) {
        long digits = bound == null ? 0 : bound.precision() - (long) bound.scale();
        return digits >= INTEGER_DIGITS && digits <= MAX_INTEGER_DIGITS ? (int) digits : 0;
    }

    /** Rounded to a whole number. What is next to nothing is told by its sign: 1e-999999999 has a great many digits. */
    private static BigInteger whole(BigDecimal value, RoundingMode mode) {
        boolean belowATenth = value.precision() - (long) value.scale() < 0;
        return (belowATenth ? BigDecimal.valueOf(value.signum(), 1) : value).setScale(0, mode).toBigIntegerExact();
    }

    /** The bound moved into the limits; compared before it is converted, for 1e999999999 has a great many digits. */
    private static BigDecimal clamp(BigDecimal bound, BigInteger limit, BigInteger otherwise) {
        BigDecimal beyond = new BigDecimal(limit.add(BigInteger.ONE));
        return (bound == null ? new BigDecimal(otherwise) : bound).max(beyond.negate()).min(beyond);
    }

    private static Regex integers(BigInteger from, BigInteger to) {
        List<Regex> parts = new ArrayList<>();
        if (from.signum() < 0) {
            parts.add(Regex.sequence(Regex.literal("-"), naturals(BigInteger.ONE.max(to.negate()), from.negate())));
        }
        parts.add(naturals(BigInteger.ZERO.max(from), to));
        return new Regex.Choice(List.copyOf(parts));
    }

    private static Regex naturals(BigInteger from, BigInteger to) {
        List<Regex> parts = new ArrayList<>();
        int longest = to.toString().length();
        for (int length = 1; length <= longest; length++) {
            BigInteger least = from.max(length == 1 ? BigInteger.ZERO : BigInteger.TEN.pow(length - 1));
            BigInteger greatest = to.min(BigInteger.TEN.pow(length).subtract(BigInteger.ONE));
            if (least.compareTo(greatest) <= 0) {
                parts.add(sameLength(least.toString(), greatest.toString()));
            }
        }
        return new Regex.Choice(List.copyOf(parts));
    }

    private static Regex sameLength(String least, String greatest) {
        int length = least.length();
        // All digits are free, and that includes no digits: without this the two recursions below would double each time.
        if (least.equals("0".repeat(length)) && greatest.equals("9".repeat(length))) {
            return digits(length, length);
        }
        char a = least.charAt(0);
        char b = greatest.charAt(0);
        String lowRest = least.substring(1);
        String highRest = greatest.substring(1);
        if (a == b) {
            return Regex.sequence(Regex.between(a, b), sameLength(lowRest, highRest));
        }
        int rest = length - 1;
        return Regex.choice(Regex.sequence(Regex.between(a, a), sameLength(lowRest, "9".repeat(rest))),
                Regex.sequence(Regex.between(a + 1, b - 1), digits(rest, rest)),
                Regex.sequence(Regex.between(b, b), sameLength("0".repeat(rest), highRest)));
    }

    /**
     * Numbers within bounds, in plain notation: at most 15 digits before and behind the point, no exponent.
     *
     * @throws IllegalArgumentException if a bound has more digits behind the point
     */
    static Regex decimals(Bounds bounds) {
        BigInteger limit = BigInteger.TEN.pow(DIGITS).subtract(BigInteger.TWO);
        BigDecimal low = clamp(bounds.low, limit, limit.negate());
        BigDecimal high = clamp(bounds.high, limit, limit);
        if (low.stripTrailingZeros().scale() > DIGITS || high.stripTrailingZeros().scale() > DIGITS) {
            throw new IllegalArgumentException("a bound has more than " + DIGITS + " digits behind the point");
        }
        List<Regex> parts = new ArrayList<>();
        if (low.signum() < 0) {
            boolean upToZero = high.signum() >= 0;
            parts.add(Regex.sequence(Regex.literal("-"), new Magnitudes(upToZero ? BigDecimal.ZERO : high.negate(),
                    upToZero || bounds.highOpen, low.negate(), bounds.lowOpen).regex()));
        }
        if (high.signum() >= 0) {
            boolean fromZero = low.signum() < 0;
            parts.add(new Magnitudes(fromZero ? BigDecimal.ZERO : low, !fromZero && bounds.lowOpen, high,
                    bounds.highOpen).regex());
        }
        return new Regex.Choice(List.copyOf(parts));
    }

    /** Numbers that are not negative, between two such numbers. */
    private record Magnitudes(BigDecimal low, boolean lowOpen, BigDecimal high, boolean highOpen) {

        Regex regex() {
            if (low.compareTo(high) > 0) {
                return Regex.NOTHING;
            }
            long a = low.longValue();
            long b = high.longValue();
            if (a == b) {
                return Regex.sequence(Regex.literal(Long.toString(a)), fraction(true, true));
            }
            return Regex.choice(Regex.sequence(Regex.literal(Long.toString(a)), fraction(true, false)),
                    Regex.sequence(naturals(BigInteger.valueOf(a + 1), BigInteger.valueOf(b - 1)),
                            fraction(false, false)),
                    Regex.sequence(Regex.literal(Long.toString(b)), fraction(false, true)));
        }

        private Regex fraction(boolean atLow, boolean atHigh) {
            Regex none = mayEnd(0, atLow, atHigh) ? Regex.EMPTY : Regex.NOTHING;
            return Regex.choice(none, Regex.sequence(Regex.literal("."), digit(0, atLow, atHigh)));
        }

        /** The digits from one behind the point on, if those before it are the bound's own as far as the flags say. */
        private Regex rest(int index, boolean atLow, boolean atHigh) {
            if (!atLow && !atHigh) {
                return digits(0, DIGITS - index);
            }
            Regex none = mayEnd(index, atLow, atHigh) ? Regex.EMPTY : Regex.NOTHING;
            return index == DIGITS ? none : Regex.choice(none, digit(index, atLow, atHigh));
        }

        private Regex digit(int index, boolean atLow, boolean atHigh) {
            List<Regex> parts = new ArrayList<>();
            int least = atLow ? digitOf(low, index) : '0';
            int greatest = atHigh ? digitOf(high, index) : '9';
            for (int d = least; d <= greatest; d++) {
                parts.add(Regex.sequence(Regex.between(d, d),
                        rest(index + 1, atLow && d == least, atHigh && d == greatest)));
            }
            return new Regex.Choice(List.copyOf(parts));
        }

        /** Whether the number that ends before this digit, as if followed by zeros, lies within the bounds. */
        private boolean mayEnd(int index, boolean atLow, boolean atHigh) {
            boolean equalsLow = atLow && zerosFrom(low, index);
            boolean lowHolds = !atLow || equalsLow && !lowOpen;
            boolean highHolds = !atHigh || !zerosFrom(high, index) || !highOpen;
            return lowHolds && highHolds;
        }

        private static char digitOf(BigDecimal value, int index) {
            return value.setScale(DIGITS, RoundingMode.UNNECESSARY).unscaledValue().abs()
                    .mod(BigInteger.TEN.pow(DIGITS - index))
                    .divide(BigInteger.TEN.pow(DIGITS - 1 - index)).toString().charAt(0);
        }

        private static boolean zerosFrom(BigDecimal value, int index) {
            return value.stripTrailingZeros().scale() <= index;
        }
    }
}
