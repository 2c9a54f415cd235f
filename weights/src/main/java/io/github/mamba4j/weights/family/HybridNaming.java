package io.github.mamba4j.weights.family;

import io.github.mamba4j.weights.bind.Naming;
import io.github.mamba4j.weights.bind.Source;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.MixerConfig;
import io.github.mamba4j.weights.config.ModelConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How transformers names the parameters of a hybrid: {@code model.layers.N.}, then a name that depends on the kind of the
 * block.
 */
final class HybridNaming implements Naming {
    private static final Pattern IN_LAYER = Pattern.compile("(layers\\.\\d+\\.)([^.]+)\\.(.+)");
    private static final String MODEL = "model.";

    /** What a family calls the parameters of its blocks. */
    interface BlockNames {
        /**
         * Where a parameter is.
         *
         * @param mixer the block's mixer
         * @param parameter its canonical name within the mixer
         * @return the places below {@code model.layers.N.}, the likeliest first
         */
        List<Source> of(MixerConfig mixer, String parameter);
    }

    private final Map<String, MixerConfig> mixers = new HashMap<>();
    private final String finalNorm;
    private final Map<String, List<String>> norms;
    private final BlockNames blockNames;

    /**
     * Names of a family.
     *
     * @param config the model
     * @param finalNorm the norm before the head, below {@code model.}
     * @param norms for {@code norm} and {@code ffn_norm} what they may be called, below {@code model.layers.N.}
     * @param blockNames what the parameters of the blocks are called
     */
    HybridNaming(ModelConfig config, String finalNorm, Map<String, List<String>> norms, BlockNames blockNames) {
        for (BlockConfig block : config.blocks()) {
            mixers.put(block.name(), block.mixer());
        }
        this.finalNorm = finalNorm;
        this.norms = norms;
        this.blockNames = blockNames;
    }

    @Override
    public List<Source> sources(String canonical) {
        Matcher m = IN_LAYER.matcher(canonical);
        if (m.matches()) {
            MixerConfig mixer = mixers.get(m.group(1) + m.group(2));
            List<Source> below = mixer == null
                    ? norms.get(m.group(2)).stream().map(norm -> Source.of(norm + "." + m.group(3))).toList()
                    : blockNames.of(mixer, m.group(3));
            String layer = MODEL + m.group(1);
            return below.stream().map(s -> new Source(layer + s.tensor(), s.cut(), s.values())).toList();
        }
        return switch (canonical) {
            // Savers that drop duplicates keep either name of a tied matrix.
            case "embedding.weight" -> List.of(Source.of(MODEL + "embed_tokens.weight"), Source.of("lm_head.weight"));
            case "norm_f.weight" -> List.of(Source.of(MODEL + finalNorm + ".weight"));
            default -> List.of(Source.of(canonical));
        };
    }

    /** A parameter of a Mamba mixer: stored under the authors' name, its decay as a logarithm. */
    static List<Source> mamba(String prefix, String parameter) {
        return List.of(parameter.equals("A")
                ? Source.of(prefix + "A_log").with(Source.Values.NEGATIVE_EXP)
                : Source.of(prefix + parameter));
    }

    /** A parameter of an attention whose output projection is {@code o_proj}. */
    static List<Source> attention(String prefix, String parameter) {
        return List.of(Source.of(prefix + parameter.replace("out_proj.", "o_proj.")));
    }
}
