package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.bind.StoredParameters;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.TokenIds;
import io.github.mamba4j.weights.family.Description;
import io.github.mamba4j.weights.family.Families;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A pretrained model in files: its configuration, its tensors in place, and the files beside them.
 *
 * <p>Thread-safe. Weights and tensors live until {@link #close}; after it their use fails with an
 * {@link IllegalStateException}.
 */
public final class Checkpoint implements AutoCloseable {
    private static final String SHIPPED = "tinystories-mamba-2m";
    private static final int MAX_RESOURCE_BYTES = 1 << 26;
    private static final System.Logger LOG = System.getLogger(Checkpoint.class.getName());

    private final ModelFiles files;
    private final Description description;
    private final WeightFiles weights;
    private final Arena arena;

    private Checkpoint(ModelFiles files, Description description, WeightFiles weights, Arena arena) {
        this.files = files;
        this.description = description;
        this.weights = weights;
        this.arena = arena;
    }

    /**
     * Opens a checkpoint. The weights are mapped, not read.
     *
     * @param folderOrFile a folder with {@code config.json} and weights, or one file of weights (or its index) in such a
     *     folder
     * @return the open checkpoint
     * @throws CheckpointException if something is missing or damaged, or the architecture is not supported
     * @throws IOException if a file cannot be read
     */
    public static Checkpoint open(Path folderOrFile) throws IOException {
        CheckpointPath path = CheckpointPath.find(folderOrFile);
        ModelFiles files = new FolderFiles(path.folder());
        Description description = describe(files);
        Arena arena = Arena.ofShared();
        try {
            return create(files, description, WeightFiles.map(path.weights(), arena), arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Opens the small model that comes with the library.
     *
     * @return the open checkpoint
     * @throws IOException if the library is incomplete
     */
    public static Checkpoint shipped() throws IOException {
        ModelFiles files = new ResourceFiles(SHIPPED);
        Description description = describe(files);
        Arena arena = Arena.ofShared();
        try (InputStream in = require(files, WeightFiles.SAFETENSORS)) {
            byte[] content = in.readNBytes(MAX_RESOURCE_BYTES);
            MemorySegment segment = arena.allocate(content.length, 64).copyFrom(MemorySegment.ofArray(content));
            String name = SHIPPED + "/" + WeightFiles.SAFETENSORS;
            return create(files, description, WeightFiles.safetensors(name, WeightFiles.SAFETENSORS, segment), arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    /** What the tensors themselves say comes before what the configuration says. */
    private static Checkpoint create(ModelFiles files, Description read, WeightFiles weights, Arena arena)
            throws CheckpointException {
        var stored = new StoredParameters(weights.location(), weights.tensors(), read.naming(), Optional.empty(),
                arena);
        ModelConfig config = read.config();
        Optional<Tensor> embedding = stored.stored("embedding.weight");
        if (read.paddedVocab() && embedding.isPresent()) {
            config = config.withVocabSize(storedVocabSize(weights.location(), embedding.get(), config));
        }
        Optional<Tensor> head = stored.stored("lm_head.weight");
        if (config.tied() && embedding.isPresent() && head.isPresent()
                && !isSame(embedding.get(), head.get())) {
            LOG.log(System.Logger.Level.WARNING, "{0}: the configuration ties the head to the embedding, but the file"
                    + " has another head, which is used", CheckpointException.oneLine(weights.location()));
            config = config.withTied(false);
        }
        return new Checkpoint(files, new Description(config, read.naming(), read.tokenIds(), read.paddedVocab()),
                weights, arena);
    }

    private static boolean isSame(Tensor a, Tensor b) {
        // In a file of PyTorch they share their storage: nothing needs to be read.
        boolean shared = a.data().address() == b.data().address() && a.data().byteSize() == b.data().byteSize();
        return shared || a.type() == b.type() && a.data().mismatch(b.data()) < 0;
    }

    private static int storedVocabSize(String location, Tensor embedding, ModelConfig config)
            throws CheckpointException {
        List<Long> shape = embedding.shape();
        if (shape.size() != 2 || shape.getFirst() < config.vocabSize() || shape.getFirst() > ModelConfig.MAX_VOCAB) {
            throw new CheckpointException(location + ": tensor '" + embedding.name() + "': expected shape ["
                    + config.vocabSize() + " to " + ModelConfig.MAX_VOCAB + ", " + config.dModel() + "], found "
                    + shape);
        }
        return shape.getFirst().intValue();
    }

    private static Description describe(ModelFiles files) throws IOException {
        try (InputStream in = require(files, CheckpointPath.CONFIG)) {
            return Families.read(files.location() + "/" + CheckpointPath.CONFIG, in);
        }
    }

    private static InputStream require(ModelFiles files, String name) throws IOException {
        return files.open(name).orElseThrow(
                () -> new CheckpointException(files.location() + ": expected a file " + name + ", found none"));
    }

    /**
     * What the configuration says, with the number of rows that the embedding really has.
     *
     * @return the dimensions and options
     */
    public ModelConfig config() {
        return description.config();
    }

    /**
     * The tokens that the configuration says a text begins and ends with.
     *
     * @return the ids, which a {@code generation_config.json} may overrule
     */
    public TokenIds tokenIds() {
        return description.tokenIds();
    }

    /**
     * The names of all tensors, also of those that the model does not use.
     *
     * @return the names
     */
    public Set<String> tensorNames() {
        return Collections.unmodifiableSet(weights.tensors().keySet());
    }

    /**
     * A tensor, in place.
     *
     * @param name its name
     * @return the tensor
     * @throws CheckpointException if there is none of that name
     */
    public Tensor tensor(String name) throws CheckpointException {
        Tensor tensor = weights.tensors().get(name);
        if (tensor == null) {
            throw new CheckpointException(weights.location() + ": tensor '" + name + "' is missing");
        }
        return tensor;
    }

    /**
     * The parameters of the model, matrices in place in their stored format. (F64, which no kernel multiplies by, is
     * copied to F32.) Every call reads the small vectors anew.
     *
     * @return the parameters
     * @throws CheckpointException if a tensor is missing, has another shape or format than the configuration asks for, or
     *     holds a value of F64 that is too large for F32; if a vector holds a value that is not finite; or if the vectors
     *     do not fit the heap
     */
    public ModelWeights weights() throws CheckpointException {
        return weights(Optional.empty());
    }

    /**
     * The parameters of the model, all matrices in one format; those stored in another are copied, rounded to nearest
     * even.
     *
     * @param convertTo F32, F16 or BF16
     * @return the parameters; copies live as long as this checkpoint
     * @throws CheckpointException if a tensor is missing, has another shape or format than the configuration asks for, or
     *     holds a value that is too large for the format; if a vector holds a value that is not finite; or if the vectors
     *     do not fit the heap
     * @throws IllegalArgumentException if no kernel multiplies by the format
     */
    public ModelWeights weights(DType convertTo) throws CheckpointException {
        if (!convertTo.isMatrixFormat()) {
            throw new IllegalArgumentException("expected F32, F16 or BF16, found " + convertTo);
        }
        return weights(Optional.of(convertTo));
    }

    private ModelWeights weights(Optional<DType> convertTo) throws CheckpointException {
        var stored = new StoredParameters(weights.location(), weights.tensors(), description.naming(), convertTo,
                arena);
        if (config().tied()) {
            // The same as the embedding, or this model would not be tied.
            stored.leaveOut("lm_head.weight");
        }
        ModelWeights bound = ModelWeights.bind(config(), stored);
        stored.warnOfUnused();
        return bound;
    }

    /**
     * The files beside the weights.
     *
     * @return the files, which may be used after this checkpoint is closed
     */
    public ModelFiles files() {
        return files;
    }

    /**
     * The name of the architecture.
     *
     * @return the family's name, such as {@code Mamba-1}
     */
    public String architecture() {
        return config().architecture();
    }

    /**
     * The files that hold the tensors.
     *
     * @return their names, at least one
     */
    public List<String> weightFiles() {
        return weights.fileNames();
    }

    /**
     * The size of the files that hold the tensors.
     *
     * @return bytes
     */
    public long storedBytes() {
        return weights.fileBytes();
    }

    /**
     * How much of the data is stored in which type.
     *
     * @return bytes of all tensors by type, data that tensors share counted once; types that do not occur are absent
     */
    public Map<StoredType, Long> bytesByType() {
        Map<StoredType, Long> bytes = new EnumMap<>(StoredType.class);
        Set<Long> seen = new HashSet<>();
        for (Tensor tensor : weights.tensors().values()) {
            // An empty tensor begins where another one does.
            if (tensor.data().byteSize() > 0 && seen.add(tensor.data().address())) {
                bytes.merge(tensor.type(), tensor.data().byteSize(), Long::sum);
            }
        }
        return Collections.unmodifiableMap(bytes);
    }

    /** Unmaps the files and frees converted matrices. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
