package io.github.mamba4j.kernels.attention;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Values;
import java.util.Arrays;

/** Keys and values of some positions, as rows and in pages; what the pages have beyond them is not a number. */
record KeysAndValues(KeyValueLayout layout, Activations k, Activations v, float[][] keys, float[][] values) {
    static KeysAndValues random(KeyValueLayout layout, int positions, Values random) {
        return of(layout, random.activations(positions, layout.width()), random.activations(positions, layout.width()));
    }

    static KeysAndValues of(KeyValueLayout layout, Activations k, Activations v) {
        int pages = KeyValueLayout.pages(k.rows());
        var keys = new float[pages][layout.pageSize()];
        var values = new float[pages][layout.pageSize()];
        for (int page = 0; page < pages; page++) {
            Arrays.fill(keys[page], Float.NaN);
            Arrays.fill(values[page], Float.NaN);
        }
        layout.store(k, v, keys, values, 0, 0, k.rows());
        return new KeysAndValues(layout, k, v, keys, values);
    }
}
