package io.github.mamba4j.engine.chat.jinja;

import java.util.Locale;
import java.util.function.IntPredicate;

/** What the characters of a text are, and changes of case. */
final class TextTests {
    private TextTests() {}

    static boolean call(String text, String name) {
        return switch (name) {
            case "isalnum" -> all(text, c -> Character.isLetter(c) || Chars.isNumeric(c));
            case "isalpha" -> all(text, Character::isLetter);
            case "isascii" -> text.chars().allMatch(c -> c < 128);
            case "isdecimal" -> all(text, Chars::isDecimal);
            case "isdigit" -> all(text, Chars::isAnyDigit);
            case "isidentifier" -> !text.isEmpty() && Chars.isNameStart(text.codePointAt(0))
                    && text.codePoints().allMatch(Chars::isNamePart);
            case "islower" -> cased(text, c -> !Character.isUpperCase(c) && !Character.isTitleCase(c));
            case "isnumeric" -> all(text, Chars::isNumeric);
            case "isprintable" -> text.codePoints().allMatch(Chars::isPrintable);
            case "isspace" -> all(text, Chars::isSpace);
            case "istitle" -> isTitle(text);
            case "isupper" -> cased(text, c -> !Character.isLowerCase(c) && !Character.isTitleCase(c));
            default -> throw new Failure("the method '" + name + "' of a text is not offered to templates");
        };
    }

    private static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    /** There is a letter with a case, and none of the other case. */
    private static boolean cased(String text, IntPredicate test) {
        return text.codePoints().anyMatch(Chars::isCased) && text.codePoints().allMatch(test);
    }

    private static boolean isTitle(String text) {
        boolean inWord = false;
        boolean any = false;
        for (int c : text.codePoints().toArray()) {
            boolean high = Character.isUpperCase(c) || Character.isTitleCase(c);
            if (high ? inWord : Character.isLowerCase(c) && !inWord) {
                return false;
            }
            inWord = Chars.isCased(c);
            any |= inWord;
        }
        return any;
    }

    /** Each run of letters begins as in a title. */
    static String title(String text, Budget budget) {
        budget.text(4L * text.length());
        String small = text.toLowerCase(Locale.ROOT);
        StringBuilder out = new StringBuilder(text.length());
        boolean inWord = false;
        // Capital sigma has two small forms by its place; where lengths differ, each is made small by itself.
        boolean aligned = small.length() == text.length();
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            int next = i + Character.charCount(c);
            if (inWord) {
                out.append(aligned ? small.substring(i, next) : Character.toString(c).toLowerCase(Locale.ROOT));
            } else {
                out.append(Texts.title(c));
            }
            inWord = Chars.isCased(c);
            i = next;
        }
        return out.toString();
    }

    /** Large letters made small and the other way round. */
    static String swapped(String text, Budget budget) {
        budget.text(4L * text.length());
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            String one = Character.toString(c);
            out.append(Character.isUpperCase(c)
                    ? one.toLowerCase(Locale.ROOT)
                    : Character.isLowerCase(c) ? one.toUpperCase(Locale.ROOT) : one);
        });
        return out.toString();
    }

    /** A form that is the same for all cases of a text. */
    static String folded(String text, Budget budget) {
        budget.text(4L * text.length());
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            boolean cherokee = c >= 0x13A0 && c <= 0x13FD || c >= 0xAB70 && c <= 0xABBF;
            if (cherokee) {
                out.append(Character.toString(c).toUpperCase(Locale.ROOT));
            } else if (c == 0x130 || c == 0x131) {
                out.append(Character.toString(c).toLowerCase(Locale.ROOT));
            } else {
                String upper = Character.toString(c).toUpperCase(Locale.ROOT);
                upper.codePoints().forEach(u -> out.append(Character.toString(u).toLowerCase(Locale.ROOT)));
            }
        });
        return out.toString();
    }
}
