package io.github.mamba4j.engine.chat.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Arithmetic as Python has it. */
final class Operators {
    private static final double EXACT = 1L << 53;

    private Operators() {}

    static Object binary(String operator, Object a, Object b, Budget budget) {
        if (a instanceof Undefined u && !(operator.equals("%") && b instanceof String)) {
            throw u.failure();
        }
        if (operator.equals("%") && (a instanceof String || a instanceof Markup)) {
            return remainder(a, b, budget);
        }
        if (b instanceof Undefined u) {
            throw u.failure();
        }
        return switch (operator) {
            case "+" -> add(a, b, budget);
            case "-" -> {
                requireNumbers("-", a, b);
                yield subtract(a, b, budget);
            }
            case "*" -> multiply(a, b, budget);
            case "/" -> divide(a, b, budget);
            case "//" -> {
                requireNumbers("//", a, b);
                yield floorDivide(a, b, budget);
            }
            case "%" -> remainder(a, b, budget);
            case "**" -> power(a, b, budget);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static void requireNumbers(String operator, Object a, Object b) {
        if (!Numbers.isNumber(a) || !Numbers.isNumber(b)) {
            throw new Failure("'" + operator + "' cannot be done with " + Kinds.of(a) + " and " + Kinds.of(b));
        }
    }

    static Object add(Object a, Object b, Budget budget) {
        if (a instanceof Long x && b instanceof Long y) {
            long sum = x + y;
            if (((x ^ sum) & (y ^ sum)) >= 0) {
                return sum;
            }
        }
        if (a instanceof Undefined u) {
            throw u.failure();
        }
        if (b instanceof Undefined u) {
            throw u.failure();
        }
        if (a instanceof Markup || b instanceof Markup) {
            return addMarkup(a, b, budget);
        }
        if (a instanceof String s && b instanceof String t) {
            budget.text((long) s.length() + t.length());
            return s.concat(t);
        }
        if (a instanceof ListValue l && b instanceof ListValue m) {
            return new ListValue(joined(l.items(), m.items(), budget));
        }
        if (a instanceof TupleValue t && b instanceof TupleValue u) {
            return new TupleValue(joined(t.items(), u.items(), budget));
        }
        requireNumbers("+", a, b);
        if (a instanceof Double || b instanceof Double) {
            return Numbers.real(a) + Numbers.real(b);
        }
        return checked(Numbers.big(a).add(Numbers.big(b)), budget);
    }

    private static Object addMarkup(Object a, Object b, Budget budget) {
        boolean texts = (a instanceof String || a instanceof Markup) && (b instanceof String || b instanceof Markup);
        if (!texts) {
            throw new Failure("'+' cannot be done with " + Kinds.of(a) + " and " + Kinds.of(b));
        }
        String left = Markup.escape(a, Printer.text(a, budget), budget).text();
        String right = Markup.escape(b, Printer.text(b, budget), budget).text();
        budget.text((long) left.length() + right.length());
        return new Markup(left + right);
    }

    private static List<Object> joined(List<Object> a, List<Object> b, Budget budget) {
        budget.elements((long) a.size() + b.size());
        List<Object> all = new ArrayList<>(a.size() + b.size());
        all.addAll(a);
        all.addAll(b);
        return all;
    }

    private static Object subtract(Object a, Object b, Budget budget) {
        if (a instanceof Double || b instanceof Double) {
            return Numbers.real(a) - Numbers.real(b);
        }
        return checked(Numbers.big(a).subtract(Numbers.big(b)), budget);
    }

    private static Object checked(BigInteger value, Budget budget) {
        budget.bits(value.bitLength());
        return Numbers.normal(value);
    }

    private static Object multiply(Object a, Object b, Budget budget) {
        if (Numbers.isInteger(a) && !Numbers.isNumber(b)) {
            return repeat(b, a, budget);
        }
        if (Numbers.isInteger(b) && !Numbers.isNumber(a)) {
            return repeat(a, b, budget);
        }
        requireNumbers("*", a, b);
        if (a instanceof Double || b instanceof Double) {
            return Numbers.real(a) * Numbers.real(b);
        }
        BigInteger x = Numbers.big(a);
        BigInteger y = Numbers.big(b);
        budget.bits((long) x.bitLength() + y.bitLength());
        return Numbers.normal(x.multiply(y));
    }

    private static Object repeat(Object value, Object count, Budget budget) {
        int times = Math.max(0, Numbers.index(count, "*"));
        return switch (value) {
            case String s -> Texts.repeated(s, times, budget);
            case Markup m -> new Markup(Texts.repeated(m.text(), times, budget));
            case ListValue l -> new ListValue(repeated(l.items(), times, budget));
            case TupleValue t -> new TupleValue(repeated(t.items(), times, budget));
            case null, default -> throw new Failure("'*' cannot be done with " + Kinds.of(value) + " and an integer");
        };
    }

    private static List<Object> repeated(List<Object> items, int times, Budget budget) {
        long size = (long) items.size() * times;
        budget.elements(size);
        List<Object> all = new ArrayList<>((int) size);
        for (int i = 0; i < times && !items.isEmpty(); i++) {
            all.addAll(items);
        }
        return all;
    }

    private static Object divide(Object a, Object b, Budget budget) {
        requireNumbers("/", a, b);
        if (Numbers.compareToZero(b) == 0) {
            throw new Failure("division by zero");
        }
        if (a instanceof Double || b instanceof Double || isExact(a) && isExact(b)) {
            return Numbers.real(a) / Numbers.real(b);
        }
        budget.work(Numbers.big(a).bitLength() + (long) Numbers.big(b).bitLength());
        return Numbers.quotient(Numbers.big(a), Numbers.big(b));
    }

    private static boolean isExact(Object integer) {
        return !(integer instanceof BigInteger) && Math.abs(Numbers.real(integer)) <= EXACT;
    }

    private static Object floorDivide(Object a, Object b, Budget budget) {
        if (Numbers.compareToZero(b) == 0) {
            throw new Failure("division by zero");
        }
        if (a instanceof Double || b instanceof Double) {
            double x = Numbers.real(a);
            double y = Numbers.real(b);
            if (Double.isInfinite(x)) {
                return Double.NaN;
            }
            if (Double.isInfinite(y) || Double.isNaN(y)) {
                return Double.isNaN(y) ? y : x == 0 || x > 0 == y > 0 ? x == 0 ? x / y : 0.0 : -1.0;
            }
            double quotient = (x - floorRemainder(x, y)) / y;
            double floor = Math.floor(quotient);
            double result = quotient - floor > 0.5 ? floor + 1 : floor;
            return quotient == 0 ? Math.copySign(0.0, x / y) : result;
        }
        BigInteger[] parts = Numbers.big(a).divideAndRemainder(Numbers.big(b));
        boolean down = parts[1].signum() != 0 && parts[1].signum() != Numbers.big(b).signum();
        budget.bits(parts[0].bitLength());
        return Numbers.normal(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }

    /** The remainder has the divisor's sign. */
    private static double floorRemainder(double x, double y) {
        double remainder = x % y;
        if (remainder == 0) {
            return Math.copySign(0.0, y);
        }
        return remainder < 0 == y < 0 ? remainder : remainder + y;
    }

    private static Object remainder(Object a, Object b, Budget budget) {
        if (a instanceof String s) {
            return PercentFormat.format(s, b, budget);
        }
        if (a instanceof Markup) {
            throw new Failure("'%' of a text that 'safe' or 'escape' has made is not offered");
        }
        requireNumbers("%", a, b);
        if (Numbers.compareToZero(b) == 0) {
            throw new Failure("division by zero");
        }
        if (a instanceof Double || b instanceof Double) {
            return floorRemainder(Numbers.real(a), Numbers.real(b));
        }
        BigInteger divisor = Numbers.big(b);
        BigInteger rest = Numbers.big(a).mod(divisor.abs());
        budget.bits(rest.bitLength());
        return Numbers.normal(divisor.signum() < 0 && rest.signum() != 0 ? rest.add(divisor) : rest);
    }

    private static Object power(Object a, Object b, Budget budget) {
        requireNumbers("**", a, b);
        boolean integers = Numbers.isInteger(a) && Numbers.isInteger(b);
        if (integers && Numbers.compareToZero(b) >= 0) {
            BigInteger base = Numbers.big(a);
            if (base.abs().bitLength() <= 1) {
                boolean odd = Numbers.big(b).testBit(0);
                return Numbers.compareToZero(b) == 0 ? 1L : Numbers.normal(odd ? base : base.abs());
            }
            int exponent = Numbers.index(b, "**");
            budget.bits((long) base.bitLength() * exponent);
            return checked(base.pow(exponent), budget);
        }
        double x = Numbers.real(a);
        double y = Numbers.real(b);
        if (x == 0 && y < 0) {
            throw new Failure("zero cannot be raised to a negative power");
        }
        if (x < 0 && y != Math.rint(y) && !Double.isInfinite(x)) {
            throw new Failure("a root of a negative number is not offered");
        }
        double result = x == 1 ? 1 : Math.pow(x, y);
        if (Double.isInfinite(result) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw new Failure("a power gets too large");
        }
        return result;
    }

    static Object signed(boolean negative, Object value, Budget budget) {
        return switch (value) {
            case Undefined u -> throw u.failure();
            case Double d -> negative ? -d : d;
            case null, default -> {
                if (!Numbers.isInteger(value)) {
                    throw new Failure("a sign cannot be given to " + Kinds.of(value));
                }
                BigInteger integer = Numbers.big(value);
                budget.bits(integer.bitLength());
                yield Numbers.normal(negative ? integer.negate() : integer);
            }
        };
    }
}
