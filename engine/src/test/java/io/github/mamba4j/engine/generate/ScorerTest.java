package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.ForwardObserver;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.kernels.Activations;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Scores and embeddings of whole texts. */
class ScorerTest {
    @Test
    void logprobsAreThoseOfTheReference() throws IOException {
        try (MambaModel model = MambaModel.shipped()) {
            JsonNode expected = Expected.read(model).path("scored");
            int[] ids = Expected.ints(expected.path("token_ids"));
            double[] logprobs = new Scorer(model).logprobs(ids);
            assertEquals(expected.path("logprobs").size(), logprobs.length);
            for (int i = 0; i < logprobs.length; i++) {
                assertEquals(expected.path("logprobs").get(i).doubleValue(), logprobs[i], 5e-4);
            }
            Scorer.Score score = new Scorer(model).score(ids);
            assertEquals(expected.path("mean_nll").doubleValue(), score.meanNll(), 1e-4);
            assertEquals(Math.exp(score.meanNll()), score.perplexity());
            assertEquals(ids.length, score.tokenCount());
        }
    }

    @Test
    void aTextLongerThanAPassIsScoredAsTokenByToken() {
        try (MambaModel model = SmallModels.of(61, 9)) {
            int[] ids = new SplittableRandom(2).ints(53, 0, 61).toArray();
            var state = model.newState();
            double[] expected = new double[ids.length - 1];
            LogSoftmax logSoftmax = new LogSoftmax(model.kernels(), 61);
            for (int t = 0; t < expected.length; t++) {
                expected[t] = logSoftmax.of(model.step(state, ids[t]), 0, ids[t + 1], 0).logprob();
            }
            List<Integer> progress = new ArrayList<>();
            new Scorer(model).score(ids, logprob -> {}, progress::add);
            assertArrayEquals(expected, new Scorer(model).logprobs(ids));
            assertEquals(List.of(16, 32, 48, 52, 53), progress);
        }
    }

    @Test
    void aTextInPiecesHasTheScoreOfTheWhole() {
        try (MambaModel model = SmallModels.of(61, 9)) {
            int[] ids = new SplittableRandom(3).ints(70, 0, 61).toArray();
            double[] whole = new Scorer(model).logprobs(ids);
            for (int piece : new int[]{1, 2, 15, 16, 17, 33, 69}) {
                List<Double> logprobs = new ArrayList<>();
                Scorer.Session session = new Scorer(model).begin(logprobs::add);
                for (int from = 0; from < ids.length; from += piece) {
                    session.feed(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + piece)));
                    session.feed();
                }
                assertEquals(new Scorer(model).score(ids), session.finish(), "pieces of " + piece);
                assertArrayEquals(whole, logprobs.stream().mapToDouble(Double::doubleValue).toArray());
            }
        }
    }

    @Test
    void whatCannotBeScoredIsRefused() {
        try (MambaModel model = SmallModels.of(61, 9)) {
            Scorer scorer = new Scorer(model);
            assertThrows(IllegalArgumentException.class, scorer::score);
            assertThrows(IllegalArgumentException.class, () -> scorer.score(1));
            assertThrows(IllegalArgumentException.class, () -> scorer.score(1, 61));
            assertThrows(IllegalArgumentException.class, () -> new Embedder(model).embed(Embedder.Pooling.LAST));
        }
    }

    @Test
    void embeddingsAreTheLastOrTheMeanVectorOfAllTokens() {
        try (MambaModel model = SmallModels.of(61, 9)) {
            int[] ids = new SplittableRandom(3).ints(37, 0, 61).toArray();
            List<float[]> vectors = vectors(model, ids);
            float[] mean = new float[24];
            for (int i = 0; i < mean.length; i++) {
                double sum = 0;
                for (float[] vector : vectors) {
                    sum += vector[i];
                }
                mean[i] = (float) (sum / vectors.size());
            }
            Embedder embedder = new Embedder(model);
            assertArrayEquals(vectors.getLast(), embedder.embed(Embedder.Pooling.LAST, ids));
            assertArrayEquals(mean, embedder.embed(Embedder.Pooling.MEAN, ids));
        }
    }

    /** One vector for each token, fed alone. */
    private static List<float[]> vectors(MambaModel model, int[] ids) {
        List<float[]> vectors = new ArrayList<>();
        var state = model.newState();
        var batch = new Batch();
        for (int id : ids) {
            batch.clear();
            batch.add(state, id, LogitsFor.NONE);
            model.forward(batch, new ForwardObserver() {
                @Override
                public void finalHidden(Activations normed, int rowCount) {
                    vectors.add(Arrays.copyOf(normed.data(), normed.cols()));
                }
            });
        }
        return vectors;
    }
}
