package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the parameters of a Mamba-1 model among the tensors of a checkpoint, and checks that each has the shape that the
 * configuration asks for.
 */
final class WeightsReader {
    /** The names of the embedding: of transformers and of the authors, of a model with a head and of one without. */
    private static final List<String> EMBEDDINGS = List.of("backbone.embeddings.weight", "backbone.embedding.weight",
            "embeddings.weight", "embedding.weight");
    private static final String HEAD = "lm_head.weight";
    private static final float[] NONE = {};
    private static final System.Logger LOG = System.getLogger(WeightsReader.class.getName());

    private final String location;
    private final Map<String, Tensor> tensors;
    private final MambaConfig config;
    private final Optional<DType> convertTo;
    private final Arena arena;
    private final Set<String> unused;

    /**
     * A reader.
     *
     * @param location the checkpoint, for messages
     * @param tensors what it holds
     * @param config what its configuration says
     * @param convertTo the format that all matrices get; empty leaves them in place
     * @param arena where converted matrices live
     */
    WeightsReader(String location, Map<String, Tensor> tensors, MambaConfig config, Optional<DType> convertTo,
            Arena arena) {
        this.location = location;
        this.tensors = tensors;
        this.config = config;
        this.convertTo = convertTo;
        this.arena = arena;
        this.unused = new LinkedHashSet<>(tensors.keySet());
        // Often stored though it is tied.
        unused.remove(HEAD);
    }

    /**
     * The number of rows that the embedding has, which may be more than the configuration names.
     *
     * @param location the checkpoint, for messages
     * @param tensors what it holds
     * @param config what its configuration says
     */
    static int storedVocabSize(String location, Map<String, Tensor> tensors, MambaConfig config)
            throws CheckpointException {
        Tensor embedding = tensors.get(embeddingName(location, tensors));
        List<Long> shape = embedding.shape();
        if (shape.size() != 2 || shape.getFirst() < config.vocabSize() || shape.getFirst() > MambaConfig.MAX_VOCAB) {
            throw new CheckpointException(location + ": tensor '" + embedding.name() + "': expected shape ["
                    + config.vocabSize() + " to " + MambaConfig.MAX_VOCAB + ", " + config.dModel() + "], found "
                    + shape);
        }
        return shape.getFirst().intValue();
    }

    private static String embeddingName(String location, Map<String, Tensor> tensors) throws CheckpointException {
        return EMBEDDINGS.stream().filter(tensors::containsKey).findFirst().orElseThrow(
                () -> new CheckpointException(location + ": tensor '" + EMBEDDINGS.getFirst() + "' is missing"));
    }

    MambaWeights read() throws CheckpointException {
        String embeddingName = embeddingName(location, tensors);
        String prefix = embeddingName.startsWith("backbone.") ? "backbone." : "";
        Matrix embedding = matrix(embeddingName, config.vocabSize(), config.dModel());
        List<MambaWeights.Layer> layers = new ArrayList<>();
        for (int i = 0; i < config.nLayer(); i++) {
            layers.add(readLayer(prefix + "layers." + i + "."));
        }
        Matrix head = config.tieEmbeddings()
                ? embedding
                : matrix(HEAD, config.vocabSize(), config.dModel());
        float[] normF = vector(prefix + "norm_f.weight", config.dModel());
        if (!unused.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING,
                    "{0}: {1} tensors are not part of a Mamba-1 model of this configuration "
                            + "and are not used, such as ''{2}''",
                    location, unused.size(), unused.iterator().next());
        }
        return new MambaWeights(config, embedding, layers, normF, head);
    }

    private MambaWeights.Layer readLayer(String prefix) throws CheckpointException {
        int dModel = config.dModel();
        int dInner = config.dInner();
        String mixer = prefix + "mixer.";
        return new MambaWeights.Layer(vector(prefix + "norm.weight", dModel),
                matrix(mixer + "in_proj.weight", 2 * dInner, dModel),
                config.useBias() ? vector(mixer + "in_proj.bias", 2 * dInner) : NONE,
                vector(mixer + "conv1d.weight", dInner, 1, config.dConv()),
                config.useConvBias() ? vector(mixer + "conv1d.bias", dInner) : NONE,
                matrix(mixer + "x_proj.weight", config.dtRank() + 2 * config.dState(), dInner),
                matrix(mixer + "dt_proj.weight", dInner, config.dtRank()), vector(mixer + "dt_proj.bias", dInner),
                vector(mixer + "A_log", dInner, config.dState()), vector(mixer + "D", dInner),
                matrix(mixer + "out_proj.weight", dModel, dInner),
                config.useBias() ? vector(mixer + "out_proj.bias", dModel) : NONE);
    }

    private Matrix matrix(String name, long rows, long cols) throws CheckpointException {
        Tensor tensor = find(name, rows, cols);
        // The kernels do not multiply by F64, which is stored by mistake more than by need.
        DType wanted = convertTo.orElse(tensor.dtype() == DType.F64 ? DType.F32 : tensor.dtype());
        try {
            return MatrixConversion.convert(tensor, wanted, arena);
        } catch (ArithmeticException e) {
            throw tooLarge(name, e);
        }
    }

    private float[] vector(String name, long... shape) throws CheckpointException {
        Tensor tensor = find(name, shape);
        try {
            return tensor.toFloats();
        } catch (ArithmeticException e) {
            throw tooLarge(name, e);
        }
    }

    private CheckpointException tooLarge(String name, ArithmeticException e) {
        return new CheckpointException(location + ": tensor '" + name + "': " + e.getMessage(), e);
    }

    private Tensor find(String name, long... sizes) throws CheckpointException {
        Tensor tensor = tensors.get(name);
        unused.remove(name);
        List<Long> shape = Arrays.stream(sizes).boxed().toList();
        if (tensor == null) {
            throw new CheckpointException(location + ": tensor '" + name + "' is missing; expected shape " + shape);
        }
        String what = location + ": tensor '" + name + "': expected ";
        if (!tensor.shape().equals(shape)) {
            throw new CheckpointException(what + "shape " + shape + ", found " + tensor.shape());
        }
        if (!tensor.dtype().isMatrixFormat() && tensor.dtype() != DType.F64) {
            throw new CheckpointException(what + "F32, F16, BF16 or F64, found " + tensor.dtype());
        }
        return tensor;
    }
}
