package io.github.mamba4j.engine.constrain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The values of 'format' that are obeyed, as expressions for a part of what each allows: dates of the Gregorian calendar
 * and times without leap seconds (RFC 3339), UUIDs in their usual form (RFC 9562), addresses of plain letters and digits
 * (RFC 5321), IPv4 and IPv6 addresses (RFC 4291), URIs with an authority (RFC 3986).
 */
final class Formats {
    private static final String LEAP_YEAR = "([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
    private static final String DATE = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
            + "|02-(0[1-9]|1[0-9]|2[0-8]))|" + LEAP_YEAR + "-02-29)";
    private static final String TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?"
            + "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])";
    private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";
    private static final String GROUP = "[0-9a-fA-F]{1,4}";
    private static final String LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?";
    private static final String HOST = "(" + LABEL + "\\.){1,3}[A-Za-z]{2,12}";
    private static final String ATOM = "[A-Za-z0-9_+-]{1,20}";
    private static final String URI_CHAR = "([A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})";

    private static final Map<String, String> TEXTS = Map.of("date", DATE, "time", TIME, "date-time", DATE + "T" + TIME,
            "uuid", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "email",
            ATOM + "(\\." + ATOM + "){0,2}@" + HOST, "ipv4", IPV4, "ipv6", ipv6(), "uri",
            "[A-Za-z][A-Za-z0-9+.-]{0,15}://(" + HOST + "|" + IPV4 + ")(:[1-9][0-9]{0,3})?(/" + URI_CHAR + "*)*(\\?("
                    + URI_CHAR + "|[/?])*)?(#(" + URI_CHAR + "|[/?])*)?");

    /** Formats of numbers: how many bits a whole number has, 0 for numbers of any kind. */
    private static final Map<String, Integer> NUMBERS = Map.of("int32", 32, "int64", 64, "float", 0, "double", 0);

    private Formats() {}

    /** Eight groups, or fewer of them around one pair of colons. */
    private static String ipv6() {
        List<String> forms = new ArrayList<>();
        forms.add("(" + GROUP + ":){7}" + GROUP);
        for (int left = 0; left <= 7; left++) {
            String before = left == 0 ? "" : GROUP + "(:" + GROUP + "){" + (left - 1) + "}";
            String after = left == 7 ? "" : "(" + GROUP + "(:" + GROUP + "){0," + (6 - left) + "})?";
            forms.add(before + "::" + after);
        }
        return "(" + String.join("|", forms) + ")";
    }

    static boolean isOfNumbers(String format) {
        return NUMBERS.containsKey(format);
    }

    /** How many bits whole numbers of a format of numbers have; 0 if it does not say. */
    static int bits(String format) {
        return NUMBERS.get(format);
    }

    /**
     * The texts of a format of strings.
     *
     * @param schema has the format, for messages
     * @param format its name
     * @throws IllegalArgumentException if it is not one of those that are obeyed
     */
    static Regex text(SchemaNode schema, String format) {
        String pattern = TEXTS.get(format);
        if (pattern == null) {
            throw schema
                    .error("the format '" + SchemaNode.cut(format) + "' of a string is not supported: expected one of "
                            + String.join(", ", TEXTS.keySet().stream().sorted().toList()));
        }
        return RegexParser.parse(pattern);
    }
}
