package io.github.mamba4j.engine.tokenize.pattern;

import java.util.Locale;
import java.util.Map;

/** The Unicode properties that patterns name: general categories and scripts. */
final class Properties {
    private static final Map<String, Integer> CATEGORIES = Map.ofEntries(Map.entry("lu", 1), Map.entry("ll", 2),
            Map.entry("lt", 3), Map.entry("lm", 4), Map.entry("lo", 5), Map.entry("mn", 6), Map.entry("me", 7),
            Map.entry("mc", 8), Map.entry("nd", 9), Map.entry("nl", 10), Map.entry("no", 11), Map.entry("zs", 12),
            Map.entry("zl", 13), Map.entry("zp", 14), Map.entry("cc", 15), Map.entry("cf", 16), Map.entry("co", 18),
            Map.entry("pd", 20), Map.entry("ps", 21), Map.entry("pe", 22), Map.entry("pc", 23), Map.entry("po", 24),
            Map.entry("sm", 25), Map.entry("sc", 26), Map.entry("sk", 27), Map.entry("so", 28), Map.entry("pi", 29),
            Map.entry("pf", 30));

    private Properties() {}

    /** The set of a name; null if it is not known. */
    static CharSet named(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        switch (key) {
            case "l" :
                return CharSet.LETTERS;
            case "m" :
                return CharSet.MARKS;
            case "n" :
                return CharSet.NUMBERS;
            default :
                break;
        }
        Integer category = CATEGORIES.get(key);
        if (category != null) {
            return new CharSet.Categories(1 << category);
        }
        if (key.length() == 1 && "psz".contains(key)) {
            int mask = 0;
            for (Map.Entry<String, Integer> entry : CATEGORIES.entrySet()) {
                mask |= entry.getKey().startsWith(key) ? 1 << entry.getValue() : 0;
            }
            return new CharSet.Categories(mask);
        }
        return switch (key) {
            case "han", "hiragana", "katakana", "hangul", "latin", "greek", "cyrillic", "arabic", "hebrew", "thai" ->
                new CharSet.Script(Character.UnicodeScript.forName(key));
            default -> null;
        };
    }
}
