package io.github.mamba4j.engine;

import io.github.mamba4j.engine.forward.ForwardPass;
import io.github.mamba4j.engine.forward.PlatformThread;
import io.github.mamba4j.engine.forward.Resources;
import io.github.mamba4j.kernels.Kernels;
import io.github.mamba4j.weights.Checkpoint;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.ModelFiles;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.bind.ParameterList;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A Mamba language model: tokens in, logits out.
 *
 * <p>There is one forward pass. It takes the tokens of any number of sequences as rows of one matrix, each sequence with
 * its own {@link MambaState}; prompts, parts of prompts and decoding steps are the same to it. {@link #prefill} and
 * {@link #step} are that pass for a single sequence. The bits of a logit depend on the weights and on the tokens of its
 * own sequence, and on nothing else: not on the other sequences, on how a prompt is cut, on threads or kernels.
 *
 * <p>Thread-safe: calls from several threads run one at a time, in the order they came, each on all threads of the
 * model. Everything is checked before a call changes a state.
 */
public final class MambaModel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(MambaModel.class.getName());

    private final ModelConfig config;
    private final ModelOptions options;
    private final Optional<Checkpoint> checkpoint;
    private final ModelWeights weights;
    private final Resources resources;
    private final ForwardPass forwardPass;
    private final PlatformThread platformThread = new PlatformThread();
    private final ModelIdentity identity;

    /** Fair, so that no caller starves; guards the resources and all that follows. */
    private final ReentrantLock running = new ReentrantLock(true);
    /** Used by {@link #prefill} and {@link #step}. */
    private final Batch single = new Batch();
    private volatile boolean closed;
    /** The most tokens of a sequence that the model was made for. */
    private final long maxPositions;
    private boolean warnedOfLength;

    private MambaModel(ModelWeights weights, ModelOptions options, Optional<Checkpoint> checkpoint,
            Resources resources) {
        this.weights = weights;
        this.options = options;
        this.checkpoint = checkpoint;
        this.resources = resources;
        config = weights.config();
        forwardPass = new ForwardPass(weights, resources, options.maxRowsPerPass());
        maxPositions = resources.states().maxPositions();
        identity = new ModelIdentity(resources.states(), weights::fingerprint);
    }

    /**
     * Loads a checkpoint with the default options.
     *
     * @param folderOrFile a folder with a checkpoint, or a file of weights in one
     * @return the model; its large matrices are read in place
     * @throws CheckpointException if the checkpoint is damaged, incomplete or not supported
     * @throws IOException if a file cannot be read
     */
    public static MambaModel load(Path folderOrFile) throws IOException {
        return load(folderOrFile, ModelOptions.defaults());
    }

    /**
     * Loads a checkpoint.
     *
     * @param folderOrFile a folder with a checkpoint, or a file of weights in one
     * @param options how to run
     * @return the model; its large matrices are read in place unless {@link ModelOptions#dtype} has them converted
     * @throws CheckpointException if the checkpoint is damaged, incomplete or not supported
     * @throws IOException if a file cannot be read
     * @throws IllegalStateException if the kernels that the options ask for cannot be used
     */
    public static MambaModel load(Path folderOrFile, ModelOptions options) throws IOException {
        return create(Checkpoint.open(folderOrFile), options);
    }

    /**
     * Loads the small model that comes with the library, with the default options.
     *
     * @return the model
     * @throws IOException if the library is incomplete
     */
    public static MambaModel shipped() throws IOException {
        return shipped(ModelOptions.defaults());
    }

    /**
     * Loads the small model that comes with the library.
     *
     * @param options how to run
     * @return the model
     * @throws IOException if the library is incomplete
     * @throws IllegalStateException if the kernels that the options ask for cannot be used
     */
    public static MambaModel shipped(ModelOptions options) throws IOException {
        return create(Checkpoint.shipped(), options);
    }

    /**
     * Makes a model of weights in memory. The weights stay the caller's to keep alive and unchanged.
     *
     * @param weights the weights, used in the formats they have: {@link ModelOptions#dtype} plays no part here
     * @param options how to run
     * @return the model
     * @throws IllegalStateException if the kernels that the options ask for cannot be used
     */
    public static MambaModel of(ModelWeights weights, ModelOptions options) {
        return create(weights, options, Optional.empty());
    }

    /** Takes the checkpoint over: it is closed with the model, or at once if there will be no model. */
    private static MambaModel create(Checkpoint checkpoint, ModelOptions options) throws IOException {
        try {
            ModelWeights weights = options.dtype().isPresent()
                    ? checkpoint.weights(options.dtype().get())
                    : checkpoint.weights();
            return create(weights, options, Optional.of(checkpoint));
        } catch (Throwable e) {
            checkpoint.close();
            throw e;
        }
    }

    private static MambaModel create(ModelWeights weights, ModelOptions options, Optional<Checkpoint> checkpoint) {
        Resources resources = Resources.of(options.kernels().load(), options.threads());
        try {
            return new MambaModel(weights, options, checkpoint, resources);
        } catch (Throwable e) {
            resources.workers().close();
            throw e;
        }
    }

    /**
     * What the model computes.
     *
     * @return the configuration
     */
    public ModelConfig config() {
        return config;
    }

    /**
     * The parameters: their names, roles, formats and sizes.
     *
     * @return all parameters, whose data lives as long as this model
     */
    public ParameterList parameters() {
        return weights.parameters();
    }

    /**
     * The tokens that the configuration says a text begins and ends with.
     *
     * @return the ids, which a {@code generation_config.json} may overrule
     */
    public TokenIds tokenIds() {
        return checkpoint.map(Checkpoint::tokenIds).orElse(TokenIds.NONE);
    }

    /**
     * The files beside the weights, such as the tokenizer's.
     *
     * @return the files, which may be used after this model is closed; none if the model was made of weights in memory
     */
    public ModelFiles files() {
        return checkpoint.map(Checkpoint::files).orElseGet(NoFiles::new);
    }

    /**
     * How this model is run.
     *
     * @return the options
     */
    public ModelOptions options() {
        return options;
    }

    /**
     * The kernels that the options led to.
     *
     * @return the kernels
     */
    public Kernels kernels() {
        return resources.kernels();
    }

    /**
     * Tells models apart: equal for the same weights in the same formats, whatever the options and the layout of the files.
     * The first call reads all of the weights.
     *
     * @return a digest of the configuration and of all weights
     * @throws IllegalStateException if the model is closed and this was not asked before
     */
    public long fingerprint() {
        return identity.fingerprint();
    }

    /**
     * The state of a sequence that has not begun.
     *
     * @return a new state
     */
    public MambaState newState() {
        return new MambaState(identity);
    }

    /**
     * Runs a batch: moves its states on by their tokens and computes the logits that it asks for.
     *
     * @param batch the batch
     * @throws IllegalArgumentException if a token is not in the vocabulary, a state is another model's, a sequence
     *     becomes longer than {@link ModelOptions#maxContext}, or the logits are too many for one array; no state has
     *     changed then
     * @throws IllegalStateException if the model is closed, or a state is unusable after a call that failed
     */
    public void forward(Batch batch) {
        forward(batch, ForwardObserver.NONE);
    }

    /**
     * Runs a batch as {@link #forward(Batch)} does, and shows what happens inside.
     *
     * @param batch the batch
     * @param observer is shown the activations
     * @throws IllegalArgumentException if a token is not in the vocabulary, a state is another model's, a sequence
     *     becomes longer than {@link ModelOptions#maxContext}, or the logits are too many for one array; no state has
     *     changed then
     * @throws IllegalStateException if the model is closed, a state is unusable after a call that failed, or the call
     *     comes from an observer
     */
    public void forward(Batch batch, ForwardObserver observer) {
        Objects.requireNonNull(batch, "batch");
        Objects.requireNonNull(observer, "observer");
        begin();
        try {
            check(batch);
            run(batch, observer);
        } finally {
            running.unlock();
        }
    }

    /**
     * Feeds a sequence any number of tokens.
     *
     * @param state the sequence's state, which moves on
     * @param tokens the tokens, at least one
     * @return {@code [vocabSize]}: the logits after the last token, in a new array
     * @throws IllegalArgumentException if there is no token, one is not in the vocabulary, or the state is another
     *     model's; the state has not changed then
     * @throws IllegalStateException if the model is closed, or the state is unusable after a call that failed
     */
    public float[] prefill(MambaState state, int... tokens) {
        if (tokens.length == 0) {
            throw new IllegalArgumentException("there are no logits before the first token: give at least one");
        }
        float[] logits = new float[config.vocabSize()];
        begin();
        try {
            single.add(state, tokens, 0, tokens.length, LogitsFor.LAST);
            runSingle(logits);
        } finally {
            endSingle();
        }
        return logits;
    }

    /**
     * Feeds a sequence one token.
     *
     * @param state the sequence's state, which moves on
     * @param token the token
     * @return {@code [vocabSize]}: the logits after it, in a new array
     * @throws IllegalArgumentException if the token is not in the vocabulary, or the state is another model's; the state
     *     has not changed then
     * @throws IllegalStateException if the model is closed, or the state is unusable after a call that failed
     */
    public float[] step(MambaState state, int token) {
        float[] logits = new float[config.vocabSize()];
        step(state, token, logits);
        return logits;
    }

    /**
     * Feeds a sequence one token, and allocates nothing.
     *
     * @param state the sequence's state, which moves on
     * @param token the token
     * @param logits {@code [vocabSize]}: where the logits after it go
     * @throws IllegalArgumentException if the token is not in the vocabulary, the state is another model's, or the array
     *     has another length; the state has not changed then
     * @throws IllegalStateException if the model is closed, or the state is unusable after a call that failed
     */
    public void step(MambaState state, int token, float[] logits) {
        if (logits.length != config.vocabSize()) {
            throw new IllegalArgumentException(
                    "logits: expected an array of " + config.vocabSize() + ", found one of " + logits.length);
        }
        begin();
        try {
            single.add(state, token, LogitsFor.LAST);
            runSingle(logits);
        } finally {
            endSingle();
        }
    }

    private void runSingle(float[] logits) {
        check(single);
        run(single, ForwardObserver.NONE);
        System.arraycopy(single.logits(), 0, logits, 0, logits.length);
    }

    /** Observers are called on the caller's thread, whatever that is. */
    private void run(Batch batch, ForwardObserver observer) {
        if (observer != ForwardObserver.NONE || !Thread.currentThread().isVirtual()) {
            batch.run(forwardPass, observer);
        } else {
            platformThread.run(() -> batch.run(forwardPass, observer));
        }
    }

    private void endSingle() {
        single.clear();
        running.unlock();
    }

    /** Waits for the calls that came before; the caller has to unlock. */
    private void begin() {
        if (running.isHeldByCurrentThread()) {
            throw new IllegalStateException("an observer cannot use the model that it observes");
        }
        boolean begun = false;
        try {
            // Inside, because near the end of a stack the lock can be taken and the call fail all the same.
            running.lock();
            if (closed) {
                throw new IllegalStateException("the model is closed");
            }
            begun = true;
        } finally {
            if (!begun && running.isHeldByCurrentThread()) {
                running.unlock();
            }
        }
    }

    /** Refuses what cannot be run, before anything is changed. */
    private void check(Batch batch) {
        for (int s = 0; s < batch.segments(); s++) {
            MambaState state = batch.state(s);
            identity.require(state.identity());
            state.requireWhole();
            checkLength(state.tokensConsumed(), batch.rows(s));
        }
        for (int r = 0; r < batch.rows(); r++) {
            int token = batch.token(r);
            if (token < 0 || token >= config.vocabSize()) {
                throw new IllegalArgumentException(
                        "token id " + token + " is outside the vocabulary: expected 0 to " + (config.vocabSize() - 1));
            }
        }
    }

    private void checkLength(long before, int more) {
        if (more > options.maxContext() - before) {
            throw new IllegalArgumentException("expected at most " + options.maxContext()
                    + " tokens of a sequence (maxContext), found " + before + " and " + more + " more");
        }
        if (more > maxPositions - before && !warnedOfLength) {
            warnedOfLength = true;
            LOG.log(System.Logger.Level.WARNING, "a sequence of {0} tokens is longer than the {1} that the model was"
                    + " made for; expect worse results", before + more, maxPositions);
        }
    }

    /** Ends the model, once the call that is running has ended. Closing again does nothing. */
    @Override
    public void close() {
        if (running.isHeldByCurrentThread()) {
            throw new IllegalStateException("an observer cannot close the model that it observes");
        }
        running.lock();
        try {
            if (!closed) {
                closed = true;
                platformThread.close();
                resources.workers().close();
                checkpoint.ifPresent(Checkpoint::close);
            }
        } finally {
            running.unlock();
        }
    }

    ModelIdentity identity() {
        return identity;
    }
}
