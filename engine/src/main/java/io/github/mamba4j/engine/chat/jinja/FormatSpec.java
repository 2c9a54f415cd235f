package io.github.mamba4j.engine.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** How one value is written: {@code [[fill]align][sign][#][0][width][grouping][.precision][type]}. */
final class FormatSpec {
    /** More digits than a double has, and few enough to be written at once. */
    private static final int MAX_PRECISION = 1100;

    int fill = ' ';
    /** {@code < > ^ =}, or 0. */
    char align;
    /** {@code + -} or a space, or 0. */
    char sign;
    boolean alternate;
    boolean zero;
    int width;
    /** {@code , _}, or 0. */
    char grouping;
    int precision = -1;
    /** The letter at the end, or 0. */
    char type;

    /** Reads a specification. */
    static FormatSpec parse(String text) {
        FormatSpec spec = new FormatSpec();
        int at = 0;
        int first = text.isEmpty() ? 0 : Character.charCount(text.codePointAt(0));
        if (first > 0 && first < text.length() && "<>^=".indexOf(text.charAt(first)) >= 0) {
            spec.fill = text.codePointAt(0);
            spec.align = text.charAt(first);
            at = first + 1;
        } else if (first > 0 && "<>^=".indexOf(text.charAt(0)) >= 0) {
            spec.align = text.charAt(0);
            at = 1;
        }
        if (at < text.length() && "+- ".indexOf(text.charAt(at)) >= 0) {
            spec.sign = text.charAt(at++);
        }
        if (text.startsWith("#", at)) {
            spec.alternate = true;
            at++;
        }
        if (text.startsWith("0", at)) {
            spec.zero = true;
            at++;
        }
        int end = digits(text, at);
        spec.width = number(text.substring(at, end), 0);
        if (end < text.length() && ",_".indexOf(text.charAt(end)) >= 0) {
            spec.grouping = text.charAt(end++);
        }
        if (text.startsWith(".", end)) {
            int stop = digits(text, end + 1);
            spec.precision = number(text.substring(end + 1, stop), -1);
            if (spec.precision < 0) {
                throw new Failure("format: a '.' without a precision");
            }
            end = stop;
        }
        if (end < text.length()) {
            spec.type = text.charAt(end++);
        }
        if (end < text.length()) {
            throw new Failure("format: '" + text + "' is not understood");
        }
        return spec;
    }

    private static int digits(String text, int from) {
        int end = from;
        while (end < text.length() && Chars.isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static int number(String digits, int otherwise) {
        return digits.isEmpty() ? otherwise : digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    /** A value of any kind. */
    String format(Object value, String whole, Budget budget) {
        if (value instanceof String || value instanceof Markup) {
            if (type != 0 && type != 's' || align == '=' || sign != 0 || grouping != 0 || alternate) {
                throw new Failure("format: '" + whole + "' is not for texts");
            }
            fill = zero && fill == ' ' ? '0' : fill;
            return text(Printer.text(value, budget), budget);
        }
        if (Numbers.isInteger(value)
                && (value instanceof Boolean ? type != 0 : "eEfFgG%".indexOf(type) < 0 || type == 0)) {
            return integer(value, whole, budget);
        }
        if (value instanceof Double || Numbers.isInteger(value) && type != 0) {
            if (type != 0 && "eEfFgG%".indexOf(type) < 0) {
                throw new Failure("format: '" + whole + "' is not for numbers");
            }
            return real(Numbers.real(value), budget);
        }
        if (!whole.isEmpty() && !(value instanceof Boolean)) {
            throw new Failure("format: '" + whole + "' is not for " + Kinds.of(value));
        }
        return value instanceof Boolean && !whole.isEmpty()
                ? integer(value, whole, budget)
                : Printer.text(value, budget);
    }

    /** A text, cut to the precision. */
    String text(String text, Budget budget) {
        String cut = precision >= 0 && Texts.length(text) > precision
                ? text.substring(0, Texts.offset(text, precision, budget))
                : text;
        return padded("", cut, align == 0 ? '<' : align, budget);
    }

    private String integer(Object value, String whole, Budget budget) {
        if (type == 'c') {
            return padded("", Character.toString(Numbers.index(value, "format")), align == 0 ? '<' : align, budget);
        }
        if (precision >= 0 || type != 0 && "bdoxXn".indexOf(type) < 0) {
            throw new Failure("format: '" + whole + "' is not for integers");
        }
        return percentInteger(value, budget);
    }

    /** An integer; a precision is the least number of digits. */
    String percentInteger(Object value, Budget budget) {
        BigInteger integer = Numbers.big(value);
        int base = switch (type) {
            case 'x', 'X' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> 10;
        };
        budget.work(integer.bitLength());
        String digits = integer.abs().toString(base);
        if (precision > digits.length()) {
            budget.text(precision);
            digits = "0".repeat(precision - digits.length()) + digits;
        }
        String prefix = alternate && base != 10 ? "0" + Character.toLowerCase(type) : "";
        if (type == 'X') {
            digits = digits.toUpperCase(Locale.ROOT);
            prefix = prefix.toUpperCase(Locale.ROOT);
        }
        return number(integer.signum() < 0, prefix, grouped(digits, base == 10 ? 3 : 4), budget);
    }

    private String grouped(String digits, int size) {
        if (grouping == 0) {
            return digits;
        }
        StringBuilder grouped = new StringBuilder();
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0 && (digits.length() - i) % size == 0) {
                grouped.append(grouping);
            }
            grouped.append(digits.charAt(i));
        }
        return grouped.toString();
    }

    private String number(boolean negative, String prefix, String digits, Budget budget) {
        String lead = (negative ? "-" : sign == '+' ? "+" : sign == ' ' ? " " : "") + prefix;
        char where = align != 0 ? align : zero ? '=' : '>';
        if (zero && align == 0) {
            fill = '0';
            if (grouping != 0) {
                throw new Failure("format: a width in zeros with groups is not offered");
            }
        } else if (zero && fill == ' ') {
            fill = '0';
        }
        return where == '=' ? padded(lead, digits, '=', budget) : padded("", lead + digits, where, budget);
    }

    private String padded(String lead, String text, char where, Budget budget) {
        int missing = Math.max(0, width - Texts.length(text) - lead.length());
        budget.text(lead.length() + text.length() + 2L * missing);
        int left = switch (where) {
            case '<' -> 0;
            case '^' -> missing / 2;
            default -> missing;
        };
        String pad = Character.toString(fill);
        return lead + pad.repeat(left) + text + pad.repeat(missing - left);
    }

    /** A double. */
    String real(double value, Budget budget) {
        if (precision > MAX_PRECISION) {
            throw new Failure("format: expected a precision of at most " + MAX_PRECISION + ", found " + precision);
        }
        budget.work(1000);
        boolean upper = Character.isUpperCase(type);
        boolean negative = value < 0 || value == 0 && 1 / value < 0;
        String text;
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            text = Double.isNaN(value) ? "nan" : "inf";
            negative = value < 0;
            fill = zero && align == 0 ? ' ' : fill;
            zero = false;
            text = type == '%' ? text + "%" : text;
        } else {
            text = finite(Math.abs(value));
        }
        return number(negative, "", upper ? text.toUpperCase(Locale.ROOT) : text, budget);
    }

    private String finite(double value) {
        int places = precision < 0 ? 6 : precision;
        return switch (Character.toLowerCase(type)) {
            case 'f' -> fixed(new BigDecimal(value), places);
            case '%' -> fixed(new BigDecimal(value * 100), places) + "%";
            case 'e' -> exponential(new BigDecimal(value), places);
            case 'g' -> general(value, places == 0 ? 1 : places, false);
            default -> {
                if (precision < 0) {
                    yield groupedReal(Numbers.text(value));
                }
                yield general(value, precision == 0 ? 1 : precision, true);
            }
        };
    }

    private String fixed(BigDecimal value, int places) {
        String text = value.setScale(places, RoundingMode.HALF_EVEN).toPlainString();
        return groupedReal(alternate && places == 0 ? text + "." : text);
    }

    private String groupedReal(String text) {
        int end = 0;
        while (end < text.length() && Chars.isDigit(text.charAt(end))) {
            end++;
        }
        return grouped(text.substring(0, end), 3) + text.substring(end);
    }

    private String exponential(BigDecimal value, int places) {
        if (value.signum() == 0) {
            return (places > 0 ? "0." + "0".repeat(places) : "0") + "e+00";
        }
        BigDecimal rounded = value.round(new MathContext(places + 1, RoundingMode.HALF_EVEN));
        String digits = rounded.unscaledValue().toString();
        int exponent = digits.length() - 1 - rounded.scale();
        digits = digits.length() > places + 1
                ? digits.substring(0, places + 1)
                : digits + "0".repeat(places + 1 - digits.length());
        String dot = places > 0 ? "." + digits.substring(1) : alternate ? "." : "";
        return digits.charAt(0) + dot + exponent(exponent);
    }

    private static String exponent(int exponent) {
        String size = Math.abs(exponent) < 10 ? "0" + Math.abs(exponent) : "" + Math.abs(exponent);
        return "e" + (exponent < 0 ? "-" : "+") + size;
    }

    /** As many digits as the precision, with an exponent where that is shorter. */
    private String general(double value, int digits, boolean keepsFraction) {
        if (value == 0) {
            return keepsFraction ? "0.0" : alternate && digits > 1 ? "0." + "0".repeat(digits - 1) : "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - 1 - rounded.scale();
        boolean fixed = exponent >= -4 && exponent < (keepsFraction ? digits - 1 : digits);
        if (!fixed) {
            String text = exponential(rounded, digits - 1);
            int at = text.indexOf('e');
            return alternate ? text : trimmed(text.substring(0, at), false) + text.substring(at);
        }
        String text = rounded.setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_EVEN).toPlainString();
        return groupedReal(alternate ? text : trimmed(text, keepsFraction));
    }

    private static String trimmed(String text, boolean keepsFraction) {
        if (text.indexOf('.') < 0) {
            return keepsFraction ? text + ".0" : text;
        }
        String trimmed = text.replaceFirst("0+$", "");
        if (!trimmed.endsWith(".")) {
            return trimmed;
        }
        return keepsFraction ? trimmed + "0" : trimmed.substring(0, trimmed.length() - 1);
    }
}
