package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
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

    private final ModelFiles files;
    private final MambaConfig config;
    private final WeightFiles weights;
    private final Arena arena;

    private Checkpoint(ModelFiles files, MambaConfig config, WeightFiles weights, Arena arena) {
        this.files = files;
        this.config = config;
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
        ConfigReader.Result config = readConfig(files);
        Arena arena = Arena.ofShared();
        try {
            return create(files, config, WeightFiles.map(path.weights(), arena), arena);
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
        ConfigReader.Result config = readConfig(files);
        Arena arena = Arena.ofShared();
        try (InputStream in = require(files, WeightFiles.SAFETENSORS)) {
            byte[] content = in.readNBytes(MAX_RESOURCE_BYTES);
            MemorySegment segment = arena.allocate(content.length, 64).copyFrom(MemorySegment.ofArray(content));
            String name = SHIPPED + "/" + WeightFiles.SAFETENSORS;
            return create(files, config, WeightFiles.safetensors(name, WeightFiles.SAFETENSORS, segment), arena);
        } catch (Throwable e) {
            arena.close();
            throw e;
        }
    }

    private static Checkpoint create(ModelFiles files, ConfigReader.Result read, WeightFiles weights, Arena arena)
            throws CheckpointException {
        MambaConfig config = read.config();
        if (read.paddedVocab()) {
            config = config.withVocabSize(
                    WeightsReader.storedVocabSize(weights.location(), weights.tensors(), config));
        }
        return new Checkpoint(files, config, weights, arena);
    }

    private static ConfigReader.Result readConfig(ModelFiles files) throws IOException {
        try (InputStream in = require(files, CheckpointPath.CONFIG)) {
            return ConfigReader.read(files.location() + "/" + CheckpointPath.CONFIG, in);
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
    public MambaConfig config() {
        return config;
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
     *     holds a value of F64 that is too large for F32
     */
    public MambaWeights weights() throws CheckpointException {
        return weights(Optional.empty());
    }

    /**
     * The parameters of the model, all matrices in one format; those stored in another are copied, rounded to nearest
     * even.
     *
     * @param convertTo F32, F16 or BF16
     * @return the parameters; copies live as long as this checkpoint
     * @throws CheckpointException if a tensor is missing, has another shape or format than the configuration asks for, or
     *     holds a value that is too large for the format
     * @throws IllegalArgumentException if no kernel multiplies by the format
     */
    public MambaWeights weights(DType convertTo) throws CheckpointException {
        if (!convertTo.isMatrixFormat()) {
            throw new IllegalArgumentException("expected F32, F16 or BF16, found " + convertTo);
        }
        return weights(Optional.of(convertTo));
    }

    private MambaWeights weights(Optional<DType> convertTo) throws CheckpointException {
        return new WeightsReader(weights.location(), weights.tensors(), config, convertTo, arena).read();
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
     * @return {@code Mamba-1}
     */
    public String architecture() {
        return "Mamba-1";
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
     * How much of the data is stored in which format.
     *
     * @return bytes of all tensors by format, data that tensors share counted once; formats that do not occur are absent
     */
    public Map<DType, Long> bytesByDType() {
        Map<DType, Long> bytes = new EnumMap<>(DType.class);
        Set<Long> seen = new HashSet<>();
        for (Tensor tensor : weights.tensors().values()) {
            // An empty tensor begins where another one does.
            if (tensor.data().byteSize() > 0 && seen.add(tensor.data().address())) {
                bytes.merge(tensor.dtype(), tensor.data().byteSize(), Long::sum);
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
