package io.github.mamba4j.engine.tokenize;

import java.util.Arrays;

/**
 * The alphabet of byte-level BPE (GPT-2): each of the 256 bytes is written as one visible character, so that a vocabulary
 * of byte strings can stand in a text file. The bytes that are visible in Latin-1 stand for themselves; the others, in
 * order, are the characters from U+0100 on.
 */
final class ByteAlphabet {
    private static final int FIRST_SUBSTITUTE = 0x100;
    /** By character: its byte, or -1. */
    private static final short[] BYTE_OF = byteOf();

    private ByteAlphabet() {}

    private static short[] byteOf() {
        short[] byteOf = new short[2 * 256];
        Arrays.fill(byteOf, (short) -1);
        int substitute = FIRST_SUBSTITUTE;
        for (int b = 0; b < 256; b++) {
            byteOf[isVisible(b) ? b : substitute++] = (short) b;
        }
        return byteOf;
    }

    private static boolean isVisible(int b) {
        return b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xFF && b != 0xAD;
    }

    /** The bytes that a token is written for, or null if it has a character outside the alphabet. */
    static byte[] bytes(String token) {
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
