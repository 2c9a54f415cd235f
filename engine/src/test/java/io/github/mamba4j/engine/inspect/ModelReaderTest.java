package io.github.mamba4j.engine.inspect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.generate.Embedder.Pooling;
import io.github.mamba4j.weights.file.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ModelReaderTest {
    private static final Path GOLDEN = Path.of("src", "test", "resources", "golden", "mamba-odd");
    /** Passes of few rows, so that every result is put together from several. */
    private static final ModelOptions SHORT_PASSES = ModelOptions.builder().maxRowsPerPass(5).build();

    @Test
    void hiddenStatesAreThoseOfTheReference() throws IOException {
        try (MambaModel model = MambaModel.load(GOLDEN, SHORT_PASSES);
                SafetensorsFile expected = SafetensorsFile.open(GOLDEN.resolve("expected.safetensors"))) {
            var reader = new ModelReader(model);
            int length = Math.toIntExact(expected.tensor("input_ids").shape().get(1));
            int[] ids = firstRow(expected.tensor("input_ids").toLongs(), length);
            for (int k = 0; k <= model.config().blocks().size(); k++) {
                assertClose(expected.tensor("hidden." + k).toFloats(), reader.hidden(k, ids));
            }
            assertClose(expected.tensor("final_hidden").toFloats(), reader.finalHidden(ids));
            assertThrows(IndexOutOfBoundsException.class, () -> reader.hidden(model.config().blocks().size() + 1, ids));
        }
    }

    @Test
    void withoutATokenThereIsNothingToRead() throws IOException {
        try (MambaModel model = MambaModel.load(GOLDEN, SHORT_PASSES)) {
            var reader = new ModelReader(model);
            for (Runnable reading : List.<Runnable>of(() -> reader.hidden(0), reader::finalHidden, reader::stepSizes,
                    reader::meanStepSizes)) {
                var e = assertThrows(IllegalArgumentException.class, reading::run);
                assertEquals("expected at least 1 token, found none", e.getMessage());
            }
        }
    }

    private static int[] firstRow(long[] ids, int length) {
        return Arrays.stream(ids).limit(length).mapToInt(Math::toIntExact).toArray();
    }

    /** The reference has further sequences after the first one. */
    private static void assertClose(float[] expected, float[][] found) {
        for (int t = 0; t < found.length; t++) {
            int dModel = found[t].length;
            assertArrayEquals(Arrays.copyOfRange(expected, t * dModel, (t + 1) * dModel), found[t], 2e-4f);
        }
    }

    @Test
    void stepSizesArePositiveAndTheirMeansAreMeans() throws IOException {
        int[] ids = new SplittableRandom(3).ints(13, 0, 50).toArray();
        try (MambaModel model = MambaModel.load(GOLDEN, SHORT_PASSES)) {
            var reader = new ModelReader(model);
            float[][][] full = reader.stepSizes(ids);
            float[][] means = reader.meanStepSizes(ids);
            assertEquals(model.config().blocks().size(), full.length);
            for (int layer = 0; layer < full.length; layer++) {
                for (int t = 0; t < ids.length; t++) {
                    assertEquals(120, full[layer][t].length);
                    double sum = 0;
                    for (float dt : full[layer][t]) {
                        assertTrue(dt > 0);
                        sum += dt;
                    }
                    assertEquals((float) (sum / full[layer][t].length), means[layer][t]);
                }
            }
        }
    }

    @Test
    void embeddingsPoolHiddenStatesWhateverTheCompany() throws IOException {
        var random = new SplittableRandom(5);
        List<int[]> texts = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            texts.add(random.ints(random.nextInt(1, 14), 0, 50).toArray());
        }
        try (MambaModel model = MambaModel.load(GOLDEN, SHORT_PASSES)) {
            var reader = new ModelReader(model);
            List<float[]> last = Embedder.ofLayer(model, 1).embedAll(Pooling.LAST, texts);
            List<float[]> mean = new Embedder(model).embedAll(Pooling.MEAN, texts);
            for (int i = 0; i < texts.size(); i++) {
                float[][] hidden = reader.hidden(1, texts.get(i));
                assertArrayEquals(hidden[hidden.length - 1], last.get(i));
                assertArrayEquals(mean(reader.finalHidden(texts.get(i))), mean.get(i));
                assertArrayEquals(mean.get(i), new Embedder(model).embed(Pooling.MEAN, texts.get(i)));
            }
            assertEquals(List.of(), new Embedder(model).embedAll(Pooling.MEAN, List.of()));
            assertThrows(IndexOutOfBoundsException.class, () -> Embedder.ofLayer(model, 99));
            assertThrows(IllegalArgumentException.class,
                    () -> new Embedder(model).embedAll(Pooling.MEAN, List.of(new int[]{1}, new int[0])));
        }
    }

    @Test
    void normalisedVectorsHaveLengthOne() {
        assertArrayEquals(new float[]{0.6f, -0.8f}, Embedder.normalize(new float[]{3, -4}));
        assertArrayEquals(new float[]{0, 0}, Embedder.normalize(new float[2]));
        assertArrayEquals(new float[]{1, 0}, Embedder.normalize(new float[]{1e-30f, 0}));
    }

    private static float[] mean(float[][] rows) {
        float[] mean = new float[rows[0].length];
        for (int i = 0; i < mean.length; i++) {
            double sum = 0;
            for (float[] row : rows) {
                sum += row[i];
            }
            mean[i] = (float) (sum / rows.length);
        }
        return mean;
    }
}
