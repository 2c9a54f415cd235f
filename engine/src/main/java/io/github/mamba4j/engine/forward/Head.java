package io.github.mamba4j.engine.forward;

import io.github.mamba4j.kernels.Activations;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.kernels.Scratch;

/**
 * The last step: {@code logits = head(norm(x)) * scale} for the rows that want logits, all of a call at once, so that the
 * largest matrix of the model is read once.
 */
final class Head {
    private static final float[] NO_BIAS = {};
    /** Fewer logits are not worth a turn. */
    private static final int LEAST = 4096;

    private final RmsNorm norm;
    private final float scale;
    private final int vocabSize;
    private final Kernels kernels;
    private final Workers workers;
    private final Buffer normed;
    private final Buffer logits;
    private final Input input;
    private final Projection projection;
    private final Workers.Task<Activations> rescale = this::rescale;

    /** {@code weights} is {@code [vocabSize, dModel]}. */
    Head(RmsNorm norm, Matrix weights, float scale, Resources with) {
        this.norm = norm;
        this.scale = scale;
        vocabSize = weights.rows();
        kernels = with.kernels();
        workers = with.workers();
        normed = new Buffer(weights.cols(), new float[0], 0);
        logits = new Buffer(vocabSize, new float[0], 0);
        input = Input.of(normed, with);
        projection = new Projection(with, Projection.Part.of(weights, NO_BIAS, logits));
    }

    /** Copies those rows that want logits to where {@link #forward} reads them. */
    void collect(Activations residual, Rows rows, Logits results) {
        Segments segments = rows.segments();
        int passFrom = rows.first();
        int passTo = passFrom + rows.count();
        Activations to = results.input();
        for (int s = 0; s < segments.count(); s++) {
            // The rows that want logits are a segment's last ones, whether that is one or all.
            int firstWanted = segments.firstRow(s + 1) - (segments.firstLogits(s + 1) - segments.firstLogits(s));
            int first = Math.max(passFrom, firstWanted);
            int end = Math.min(passTo, segments.firstRow(s + 1));
            if (first < end) {
                System.arraycopy(residual.data(), residual.index(first - passFrom, 0), to.data(),
                        to.index(segments.firstLogits(s) + first - firstWanted, 0), (end - first) * to.cols());
            }
        }
    }

    /** Writes the logits of the rows that were collected. */
    void forward(Logits results, int rows) {
        if (rows == 0) {
            return;
        }
        normed.attach(results.input());
        logits.attach(results.values());
        norm.forward(normed.at(), input, rows);
        projection.forward(input);
        if (scale != 1) {
            workers.share(results.values(), Math.multiplyExact(rows, vocabSize), LEAST, rescale);
        }
    }

    private void rescale(Activations values, int from, int to, Scratch scratch) {
        kernels.math().scale(scale, values.data(), from, to);
    }
}
