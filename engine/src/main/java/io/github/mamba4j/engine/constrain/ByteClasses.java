package io.github.mamba4j.engine.constrain;

import io.github.mamba4j.engine.constrain.Network.Arc;
import io.github.mamba4j.engine.constrain.Network.Bytes;

/** Bytes that no arc of a network tells apart are of one class; a machine remembers one successor for each class. */
final class ByteClasses {

    private ByteClasses() {}

    /** The class of each of the 256 bytes; classes are runs of bytes, numbered from 0. */
    static int[] of(Network network) {
        boolean[] begins = new boolean[257];
        for (int s = 0; s < network.stateCount(); s++) {
            for (Arc arc : network.arcs(s)) {
                if (arc instanceof Bytes(int low, int high, int _)) {
                    begins[low] = true;
                    begins[high + 1] = true;
                }
            }
        }
        int[] classOf = new int[256];
        for (int b = 1; b < 256; b++) {
            classOf[b] = classOf[b - 1] + (begins[b] ? 1 : 0);
        }
        return classOf;
    }

    /** One byte of each class. */
    static int[] samples(int[] classOf) {
        int[] samples = new int[classOf[255] + 1];
        for (int b = 0; b < 256; b++) {
            samples[classOf[b]] = b;
        }
        return samples;
    }
}
