package io.github.mamba4j.engine.tokenize.model;

/** The bytes of a code point in UTF-8. */
public final class Utf8 {
    private Utf8() {}

    /**
     * How many bytes a code point has.
     *
     * @param codePoint the code point
     * @return 1 to 4
     */
    public static int length(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /**
     * A byte of a code point.
     *
     * @param codePoint the code point
     * @param length its number of bytes
     * @param index which byte, from 0
     * @return the byte, 0 to 255
     */
    public static int byteAt(int codePoint, int length, int index) {
        if (length == 1) {
            return codePoint;
        }
        int bits = codePoint >> 6 * (length - 1 - index);
        return index > 0 ? 0x80 | bits & 0x3F : 0xF00 >> length & 0xFF | bits;
    }
}
