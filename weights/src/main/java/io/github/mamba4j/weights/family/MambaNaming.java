package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.bind.Naming;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.bind.Source.Values;
import java.util.List;

/**
 * The names of the Mamba families, whose authors gave the canonical ones: with {@code backbone.} in front, or without it
 * where a model was saved without its head. transformers writes {@code embeddings}, the authors {@code embedding}.
 */
final class MambaNaming implements Naming {
    private static final String BACKBONE = "backbone.";

    @Override
    public List<Source> sources(String canonical) {
        return switch (canonical) {
            // Savers that drop duplicates keep either name of a tied matrix.
            case "embedding.weight" -> List.of(Source.of(BACKBONE + "embeddings.weight"),
                    Source.of(BACKBONE + "embedding.weight"), Source.of("embeddings.weight"),
                    Source.of("embedding.weight"), Source.of("lm_head.weight"));
            case "lm_head.weight" -> List.of(Source.of(canonical));
            default -> {
                boolean decay = canonical.endsWith(".A");
                Values values = decay ? Values.NEGATIVE_EXP : Values.SAME;
                String name = decay ? canonical + "_log" : canonical;
                yield List.of(Source.of(BACKBONE + name).with(values), Source.of(name).with(values));
            }
        };
    }
}
