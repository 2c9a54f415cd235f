package io.github.mamba4j.engine.djl;

import ai.djl.BaseModel;
import ai.djl.MalformedModelException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.ModelOptions;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.KernelChoice;
import io.github.mamba4j.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A checkpoint as a DJL model. Thread-safe once it is loaded; predictors share it. */
final class MambaDjlModel extends BaseModel {
    private static final Set<String> OPTIONS = Set.of("threads", "max_rows_per_pass", "kernels", "dtype");

    MambaDjlModel(String name, NDManager manager) {
        super(name);
        this.manager = manager;
        manager.setName("mamba");
        dataType = DataType.FLOAT32;
    }

    /**
     * Loads a checkpoint.
     *
     * @param modelPath a folder with a checkpoint, or a file of weights in one
     * @param prefix not looked at: a checkpoint's files have fixed names
     * @param options see the package page; may be null
     * @throws IllegalArgumentException if an option or an argument is not known, or has a value it cannot have
     */
    @Override
    public void load(Path modelPath, String prefix, Map<String, ?> options) throws IOException,
            MalformedModelException {
        if (block != null) {
            throw new IllegalStateException(
                    "the model has a block already: a Mamba model is loaded once, and from its files");
        }
        // The arguments, of which DJL has made properties. The translators read them when the model is open, and DJL lets
        // a model that got no translator go without closing it.
        Arguments arguments = new Arguments(properties);
        arguments.requireKnown(Arguments.ALL);
        arguments.pooling();
        arguments.applyTo(GenerationOptions.builder());
        setModelDir(modelPath);
        try {
            block = open(modelOptions(options == null ? Map.of() : options));
        } catch (CheckpointException e) {
            throw new MalformedModelException(e.getMessage(), e);
        }
        wasLoaded = true;
    }

    private MambaDjlBlock open(ModelOptions options) throws IOException {
        MambaModel model = MambaModel.load(modelDir, options);
        try {
            return new MambaDjlBlock(model, TextGenerator.of(model));
        } catch (Throwable e) {
            model.close();
            throw e;
        }
    }

    private static ModelOptions modelOptions(Map<String, ?> options) {
        var arguments = new Arguments(options);
        arguments.requireKnown(OPTIONS);
        var builder = ModelOptions.builder();
        arguments.integer("threads").ifPresent(builder::threads);
        arguments.integer("max_rows_per_pass").ifPresent(builder::maxRowsPerPass);
        arguments.constant("kernels", KernelChoice.class).ifPresent(builder::kernels);
        arguments.constant("dtype", DType.class).ifPresent(builder::dtype);
        return builder.build();
    }

    @Override
    public void save(Path modelPath, String newModelName) {
        throw new UnsupportedOperationException(String.format(Locale.ROOT,
                "a Mamba model is not changed by use: copy %s instead of saving it", modelDir));
    }

    /** Closes the checkpoint too. Closing again does nothing. */
    @Override
    public void close() {
        if (block instanceof MambaDjlBlock loaded) {
            loaded.close();
        }
        if (manager.isOpen()) {
            super.close();
        }
    }
}
