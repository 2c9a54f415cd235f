package io.github.mamba4j.engine.tokenize;

import java.util.List;
import java.util.Random;

/** Texts that are hard on tokenizers, from a seed. */
final class RandomTexts {
    /** Texts in many scripts, written for these tests. */
    static final List<String> WRITTEN = List.of(
            "The quick brown fox, it's said, didn't JUMP: we'll see! I'D'VE 123 4567.",
            "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich; das kostet 1.234,56 €.",
            "Где-то далеко, за холмами, живёт старый мельник. Ему 87 лет!",
            "Ο ποταμός κυλάει ήσυχα κάτω από τη γέφυρα, καὶ ὁ ἄνεμος φυσάει.",
            "היום יורד גשם, ומחר תזרח השמש. שָׁלוֹם עֲלֵיכֶם",
            "في الصباح الباكر نشرب القهوة، ثم نذهب إلى العمل. السَّلامُ ١٢٣",
            "आज मौसम बहुत अच्छा है, चलो नदी किनारे घूमने चलते हैं। क्षत्रिय १२३",
            "วันนี้อากาศดีมาก เราไปเดินเล่นริมแม่น้ำกันเถอะ ๑๒๓", "今天天气很好,我们去河边散步吧。一共一百二十三元。",
            "きょうは天気がいいので、川沿いを散歩しましょう。カタカナとﾊﾝｶｸ。", "오늘은 날씨가 좋으니 강가를 산책합시다. 각\u1100\u1161\u11a8",
            "Hôm nay trời đẹp quá, chúng ta đi dạo bên sông nhé. Tiếng Việt có dấu.",
            "ഇന്ന് നല്ല കാലാവസ്ഥയാണ്. தமிழ் மொழி அழகானது. తెలుగు భాష", "ዛሬ አየሩ ጥሩ ነው። የኢትዮጵያ ቋንቋ",
            "Ձմեռը ցուրտ է, իսկ ամառը՝ տաք։ ქართული ენა",
            "😀 👍🏽 👨‍👩‍👧‍👦 🇩🇪🇫🇷 ☕️ e\u0301 a\u0323\u0301 \ufb03 \u212b ½ x² Ⅷ ①",
            "def f(x):\n    return {\n\t'a': x ** 2,  # two\n    }\r\n\r\nif __name__ == \"__main__\":\n    f(10_000)\n\n\n",
            "https://example.org/a?b=c&d=%20#e <p class=\"x\">&amp;</p> C:\\temp\\x.txt user@host",
            "     five spaces,\ttab,\u00a0no-break,\u3000ideographic,\u2003em \n \n  end   ", "");

    private static final String[] SPECIALS = {"'s", "'LL", "'ſ", "'re", "\r\n", "\n\n", "  ", "\u2581", "<s>", "</s>",
            "<unk>",
            "<|endoftext|>", "<|im_start|>", "<think>", "Lily", " Lily ", "<mask>", "the", "<0x41>", "\u00e9",
            "e\u0301",
            "\u0345\u0301\u0323", "\u1100\u1161", "\u212a", "\u0130", "123456", "\uac00\u11a8", "...", "!?", "\u2028"};
    private static final int[][] BLOCKS = {{0x20, 0x7e}, {0, 0xff}, {0x100, 0x24f}, {0x300, 0x36f}, {0x370, 0x5ff},
            {0x600, 0x9ff}, {0xe00, 0x11ff}, {0x1e00, 0x206f}, {0x2070, 0x2bff}, {0x3000, 0x30ff}, {0x4e00, 0x4eff},
            {0xac00, 0xad00}, {0xfb00, 0xfe2f}, {0xff00, 0xffff}, {0x10000, 0x10fff}, {0x11000, 0x12000},
            {0x16d00, 0x17000}, {0x1d100, 0x1d7ff}, {0x1e000, 0x1f000}, {0x1f300, 0x1faff}, {0x20000, 0x20100},
            {0xe0000, 0xe01ff}};

    private final Random random;

    RandomTexts(long seed) {
        random = new Random(seed);
    }

    /** A text of up to about 60 characters. */
    String next() {
        StringBuilder text = new StringBuilder();
        int parts = random.nextInt(6);
        for (int i = 0; i <= parts; i++) {
            part(text);
        }
        return text.toString();
    }

    private void part(StringBuilder text) {
        switch (random.nextInt(6)) {
            case 0 -> words(text);
            case 1 -> text.append(SPECIALS[random.nextInt(SPECIALS.length)]);
            case 2 -> text.append(" ".repeat(random.nextInt(4))).append(random.nextInt(10_000));
            case 3 -> excerpt(text);
            default -> characters(text);
        }
    }

    private void words(StringBuilder text) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.append(random.nextBoolean() ? " " : "");
            for (int k = random.nextInt(6); k >= 0; k--) {
                text.append((char) ((random.nextInt(4) == 0 ? 'A' : 'a') + random.nextInt(26)));
            }
        }
    }

    private void excerpt(StringBuilder text) {
        String from = WRITTEN.get(random.nextInt(WRITTEN.size()));
        int length = from.codePointCount(0, from.length());
        int start = random.nextInt(length + 1);
        int end = Math.min(length, start + random.nextInt(25));
        text.append(from, from.offsetByCodePoints(0, start), from.offsetByCodePoints(0, end));
    }

    private void characters(StringBuilder text) {
        int[] block = BLOCKS[random.nextInt(BLOCKS.length)];
        for (int i = random.nextInt(8); i >= 0; i--) {
            int c = random.nextInt(20) == 0
                    ? random.nextInt(Character.MAX_CODE_POINT + 1)
                    : block[0] + random.nextInt(block[1] - block[0] + 1);
            text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? ' ' : c);
        }
    }
}
