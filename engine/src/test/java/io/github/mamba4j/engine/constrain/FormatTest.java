package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.URI;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats of strings: single texts, and random ones against what Java thinks of them. */
class FormatTest {
    private static Constraint format(String name) {
        return Constraint.jsonSchema("{\"type\":\"string\",\"format\":\"" + name + "\"}");
    }

    private static boolean allows(String name, String text) {
        return Vocabularies.matches(format(name), '"' + text + '"');
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"date~2024-02-29~2023-02-29~2024-13-01~2024-04-31~24-01-01",
            "date~2000-02-29~1900-02-29~2000-00-10~2000-01-00~2000-1-1",
            "time~23:59:59.123Z~24:00:00Z~23:59:59~12:00Z~12:00:00+24:00",
            "time~00:00:00-08:30~0:00:00Z~12:60:00Z~now~",
            "date-time~2024-12-31T00:00:00Z~2024-12-31 00:00:00Z~2024-12-31~T00:00:00Z~2024-12-32T00:00:00Z",
            "uuid~123e4567-E89B-12d3-a456-426614174000~123e4567e89b12d3a456426614174000~g23e4567-e89b-12d3-a456-426614174000~-~",
            "email~tim.o+x@mail.example.com~tim@~@example.com~a..b@example.com~tim@localhost",
            "ipv4~192.168.0.255~256.1.1.1~1.2.3~01.2.3.4~1.2.3.4.5",
            "ipv6~2001:db8::8a2e:370:7334~1:2:3:4:5:6:7~1::2::3~12345::~1:2:3:4:5:6:7:8:9",
            "ipv6~1:2:3:4:5:6:7:8~1:2:3:4:5:6:7:8::~:::~:1:2:3:4:5:6:7~g::", "ipv6~::~:~::1:2:3:4:5:6:7:8~1:::2~",
            "ipv6~1:2:3:4:5:6:7::~1:2:3:4:5:6:7:~::1::~ ~", "ipv6~::1~1~::1::~1:2~",
            "uri~https://example.com:8080/a/b%20c?q=1&r=/x#top~example.com~http:/example.com~http://exa mple.com~://x"})
    void acceptsTheOneAndNotTheOthers(String name, String yes, String no1, String no2, String no3, String no4) {
        assertTrue(allows(name, yes), yes);
        for (String no : new String[]{no1, no2, no3, no4}) {
            assertFalse(allows(name, no == null ? "" : no), no);
        }
    }

    @Test
    void everyDayOfEightYearsIsADateAndNothingElse() {
        Constraint date = format("date");
        for (String century : List.of("18", "19", "20")) {
            for (String year : List.of("96", "99", "00", "01", "04")) {
                for (int month = 0; month <= 13; month++) {
                    for (int day = 0; day <= 32; day++) {
                        String text = "%s%s-%02d-%02d".formatted(century, year, month, day);
                        boolean is;
                        try {
                            LocalDate.parse(text);
                            is = true;
                        } catch (DateTimeException e) {
                            is = false;
                        }
                        assertEquals(is, Vocabularies.matches(date, '"' + text + '"'), text);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"date", "time", "date-time", "uuid", "email", "ipv4", "ipv6", "uri"})
    void randomTextsAreWhatTheyAreCalled(String name) throws Exception {
        Machine machine = format(name).machine();
        Random random = new Random(8);
        for (int round = 0; round < 200; round++) {
            String text = walk(machine, random);
            text = text.substring(1, text.length() - 1);
            switch (name) {
                case "date" -> LocalDate.parse(text);
                case "time" -> OffsetTime.parse(withSmallOffset(text));
                case "date-time" -> OffsetDateTime.parse(withSmallOffset(text));
                case "uuid" -> assertEquals(text.toLowerCase(Locale.ROOT), UUID.fromString(text).toString());
                case "ipv4" -> assertEquals(4, Inet4Address.ofLiteral(text).getAddress().length);
                case "ipv6" -> Inet6Address.ofLiteral(text);
                case "uri" -> assertTrue(new URI(text).isAbsolute());
                default -> assertTrue(text.matches("[^@]{1,64}@[^@]+\\.[A-Za-z]+") && !text.contains(".."), text);
            }
        }
    }

    /** Java knows offsets up to 18 hours only. */
    private static String withSmallOffset(String time) {
        return time.replaceAll("([+-])(1[89]|2\\d):\\d\\d$", "$117:59");
    }

    private static String walk(Machine machine, Random random) {
        StringBuilder text = new StringBuilder();
        Configuration at = machine.start();
        while (!at.accepting()) {
            List<Integer> bytes = new ArrayList<>();
            boolean far = text.length() > 40;
            for (int value = 0; value < 128; value++) {
                Configuration after = machine.next(at, value);
                if (!after.dead() && (!far || after.bytesToEnd() < at.bytesToEnd())) {
                    bytes.add(value);
                }
            }
            int value = bytes.get(random.nextInt(bytes.size()));
            text.append((char) value);
            at = machine.next(at, value);
        }
        return text.toString();
    }
}
