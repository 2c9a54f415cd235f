package io.github.mamba4j.engine.tokenize.pipeline;

import java.util.Arrays;

/**
 * The alphabet of byte-level BPE (GPT-2): each of the 256 bytes is written as one visible character, so that a vocabulary
 * of byte strings can stand in a text file. The bytes that are visible in Latin-1 stand for themselves; the others, in
 * order, are the characters from U+0100 on.
 */
public final class ByteAlphabet {
    private static final int FIRST_SUBSTITUTE = 0x100;
    /** By character: its byte, or -1. */
    private static final short[] BYTE_OF = new short[2 * 256];
    private static final char[] CHAR_OF = new char[256];

    static {
        Arrays.fill(BYTE_OF, (short) -1);
        int substitute = FIRST_SUBSTITUTE;
        for (int b = 0; b < 256; b++) {
            CHAR_OF[b] = (char) (isVisible(b) ? b : substitute++);
            BYTE_OF[CHAR_OF[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    private static boolean isVisible(int b) {
        return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xFF && b != 0xAD;
    }

    /**
     * The character of a byte.
     *
     * @param b the byte, 0 to 255
     * @return its character
     */
    public static char charOf(int b) {
        return CHAR_OF[b];
    }

    /**
     * The bytes that a token is written for.
     *
     * @param token the token
     * @return its bytes; null if it has a character outside the alphabet
     */
    public static byte[] bytes(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTE_OF.length || BYTE_OF[c] < 0) {
                return null;
            }
            bytes[i] = (byte) BYTE_OF[c];
        }
        return bytes;
    }
}
