package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.util.List;

/** Models with random weights that answer at once, and a tokenizer for them: token 0 is special, others are letters. */
final class SmallModels {
    private SmallModels() {}

    static MambaModel of(int vocabSize, long seed) {
        return of(vocabSize, seed, ModelOptions.UNBOUNDED);
    }

    static MambaModel of(int vocabSize, long seed, long maxContext) {
        var mixer = new Mamba1Config(48, 8, 4, 3, false, true);
        var config = new ModelConfig("test", vocabSize, 24, 1e-5f, false, Multipliers.NONE,
                List.of(BlockConfig.mixer(0, mixer), BlockConfig.mixer(1, mixer)));
        ModelWeights weights = ModelWeights.random(config, DType.F32, seed);
        // Logits of a wider spread than untrained weights have, so that tokens differ in probability.
        float[] norm = weights.normF();
        for (int i = 0; i < norm.length; i++) {
            norm[i] *= 40;
        }
        return MambaModel.of(weights,
                ModelOptions.builder().threads(1).maxRowsPerPass(16).maxContext(maxContext).build());
    }

    static final Tokenizer LETTERS = new Tokenizer() {
        @Override
        public int[] encode(String text, boolean addSpecialTokens) {
            int[] ids = text.chars().map(c -> c - 'A' + 1).toArray();
            int[] all = new int[ids.length + (addSpecialTokens ? 1 : 0)];
            System.arraycopy(ids, 0, all, all.length - ids.length, ids.length);
            return all;
        }

        @Override
        public byte[] tokenBytes(int id) {
            return isSpecial(id) ? new byte[0] : new byte[]{(byte) ('A' + id - 1)};
        }

        @Override
        public boolean isSpecial(int id) {
            return id == 0;
        }

        @Override
        public int vocabSize() {
            return 61;
        }
    };
}
