package io.github.mamba4j.engine.tokenize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IncrementalDecoderTest {
    /** Every token is one byte: all borders are inside characters. */
    private static final Tokenizer BYTES = new Tokenizer() {
        @Override
        public int[] encode(String text, boolean addSpecialTokens) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            for (int i = 0; i < ids.length; i++) {
                ids[i] = bytes[i] & 0xFF;
            }
            return ids;
        }

        @Override
        public byte[] tokenBytes(int id) {
            return new byte[]{(byte) id};
        }

        @Override
        public boolean isSpecial(int id) {
            return false;
        }

        @Override
        public int vocabSize() {
            return 256;
        }
    };

    @Test
    void noPartEverHoldsHalfACharacter() {
        String text = "a\u00e9\u20ac\ud83d\ude00z";
        IncrementalDecoder decoder = new IncrementalDecoder(BYTES);
        StringBuilder all = new StringBuilder();
        for (int id : BYTES.encode(text)) {
            String part = decoder.feed(id);
            assertFalse(part.contains("\ufffd"));
            assertEquals(part, HfTokenizer.wellFormed(part));
            all.append(part);
        }
        assertEquals(text, all.toString());
        assertEquals("", decoder.finish());
    }

    @Test
    void everyPrefixDecodesToItsPartsAndAnUnfinishedTail() {
        int[] ids = BYTES.encode("x\ud83d\ude00\u20ac");
        String[] expected = {"", "x", "x\ufffd", "x\ufffd", "x\ufffd", "x\ud83d\ude00", "x\ud83d\ude00\ufffd",
                "x\ud83d\ude00\ufffd", "x\ud83d\ude00\u20ac"};
        for (int length = 0; length <= ids.length; length++) {
            int[] prefix = java.util.Arrays.copyOf(ids, length);
            assertEquals(expected[length], BYTES.decode(prefix));
        }
    }

    @Test
    void surrogatesAndOverlongFormsAreReplacedByteByByte() {
        assertEquals("\ufffd\ufffd\ufffd", BYTES.decode(0xED, 0xA0, 0x80));
        assertEquals("\ufffd\ufffd", BYTES.decode(0xC0, 0xAF));
        assertEquals("\ufffd\ufffd\ufffd\ufffd", BYTES.decode(0xF4, 0x90, 0x80, 0x80));
        assertEquals("\ufffda", BYTES.decode(0xF0, 0x9F, 0x98, 'a'));
    }

    @Test
    void wellFormedTextOfAnyKindSurvives() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = 0; k < 20; k++) {
                int c = random.nextInt(Character.MAX_CODE_POINT + 1);
                text.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 'x' : c);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(text.toString().getBytes(StandardCharsets.UTF_8));
            assertEquals(text.toString(), BYTES.decode(BYTES.encode(bytes.toString(StandardCharsets.UTF_8))));
        }
    }

    @Test
    void nothingFollowsTheEnd() {
        IncrementalDecoder decoder = new IncrementalDecoder(BYTES);
        decoder.feed(0xE2);
        assertEquals("\ufffd", decoder.finish());
        assertEquals("", decoder.finish());
        assertThrows(IllegalStateException.class, () -> decoder.feed('a'));
    }
}
