package io.github.mamba4j.engine.constrain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Vocabularies for tests, and bytes run through a machine. */
final class Vocabularies {

    private static final String PIECES = "{}[]\":, \\ntruefalsnul0123456789.-eE+abcxyz_äß€😀";

    private Vocabularies() {}

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Token 0 has no bytes, tokens 1 to 256 are the single bytes, the others random pieces of two to eight bytes. */
    static byte[][] random(int size, long seed) {
        Random random = new Random(seed);
        List<byte[]> tokens = new ArrayList<>();
        tokens.add(new byte[0]);
        for (int b = 0; b < 256; b++) {
            tokens.add(new byte[]{(byte) b});
        }
        byte[] pool = utf8(PIECES);
        while (tokens.size() < size) {
            byte[] token = new byte[2 + random.nextInt(7)];
            int start = random.nextInt(pool.length);
            for (int i = 0; i < token.length; i++) {
                token[i] = random.nextInt(3) == 0 ? pool[random.nextInt(pool.length)] : pool[(start + i) % pool.length];
            }
            tokens.add(token);
        }
        return tokens.toArray(byte[][]::new);
    }

    static Configuration run(Machine machine, Configuration from, byte[] bytes) {
        Configuration at = from;
        for (byte b : bytes) {
            at = machine.next(at, b & 0xFF);
        }
        return at;
    }

    static boolean matches(Constraint constraint, String text) {
        return matches(constraint, utf8(text));
    }

    static boolean matches(Constraint constraint, byte[] bytes) {
        return run(constraint.machine(), constraint.machine().start(), bytes).accepting();
    }
}
