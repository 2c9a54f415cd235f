package io.github.mamba4j.engine.djl;

import ai.djl.inference.streaming.StreamingBlock;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractSymbolBlock;
import ai.djl.nn.ParameterList;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import ai.djl.util.passthrough.PassthroughNDArray;
import io.github.mamba4j.engine.Batch;
import io.github.mamba4j.engine.LogitsFor;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.generate.GenerationOutcome;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationStream;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.engine.tokenize.Tokenizer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * What predictors run. Two things go in: generation requests, packed in arrays by the translators, which come out as
 * results or as a stream of chunks; and token ids, which come out as logits. Thread-safe.
 */
final class MambaDjlBlock extends AbstractSymbolBlock implements StreamingBlock, AutoCloseable {
    private final MambaModel model;
    private final TextGenerator generator;

    /** Takes both over. */
    MambaDjlBlock(MambaModel model, TextGenerator generator) {
        this.model = model;
        this.generator = generator;
        inputNames = List.of("input_ids");
        inputShapes = new Shape[]{new Shape(-1, -1)};
        outputDataTypes = new DataType[]{DataType.FLOAT32};
    }

    TextGenerator generator() {
        return generator;
    }

    /** An array that carries an object through DJL. */
    static NDArray pack(NDManager manager, Object object) {
        return new PassthroughNDArray(manager, object);
    }

    static <T> T unpack(NDArray array, Class<T> type) {
        if (array instanceof PassthroughNDArray packed && type.isInstance(packed.getObject())) {
            return type.cast(packed.getObject());
        }
        throw new IllegalArgumentException(
                "expected a " + type.getSimpleName() + " from the translator, found " + array);
    }

    @Override
    protected NDList forwardInternal(ParameterStore parameterStore, NDList inputs, boolean training,
            PairList<String, Object> params) {
        if (training) {
            throw new UnsupportedOperationException("the Mamba engine does not train");
        }
        return switch (inputs.head() instanceof PassthroughNDArray packed ? packed.getObject() : null) {
            case GenerationRequest _ -> generate(inputs);
            case EmbeddingTranslator.Request first -> embed(inputs, first.pooling());
            case null, default -> new NDList(logits(inputs.singletonOrThrow()));
        };
    }

    /** All texts of a batch at once; they are of one translator, and so of one pooling. */
    private NDList embed(NDList inputs, Embedder.Pooling pooling) {
        Tokenizer tokenizer = generator.tokenizer().orElseThrow(
                () -> new IllegalArgumentException("the checkpoint has no tokenizer, so text cannot be embedded"));
        List<int[]> texts = inputs.stream()
                .map(a -> tokenizer.encode(unpack(a, EmbeddingTranslator.Request.class).text())).toList();
        NDList vectors = new NDList();
        for (float[] vector : new Embedder(model).embedAll(pooling, texts)) {
            vectors.add(pack(inputs.head().getManager(), vector));
        }
        return vectors;
    }

    /** All requests of a batch at once. */
    private NDList generate(NDList inputs) {
        List<GenerationRequest> requests = inputs.stream().map(a -> unpack(a, GenerationRequest.class)).toList();
        NDList results = new NDList();
        for (GenerationOutcome outcome : generator.generateAll(requests)) {
            outcome.error().ifPresent(MambaDjlBlock::rethrow);
            results.add(pack(inputs.head().getManager(), outcome.result().orElseThrow()));
        }
        return results;
    }

    private static void rethrow(Throwable error) {
        switch (error) {
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(error);
        }
    }

    private NDArray logits(NDArray ids) {
        Shape shape = ids.getShape();
        if (shape.dimension() < 1 || shape.dimension() > 2 || shape.size() == 0) {
            throw new IllegalArgumentException("input_ids: expected [l] or [b, l], found " + shape);
        }
        int[] tokens = tokens(ids);
        int length = Math.toIntExact(shape.get(shape.dimension() - 1));
        Batch batch = new Batch();
        for (int from = 0; from < tokens.length; from += length) {
            batch.add(model.newState(), tokens, from, from + length, LogitsFor.ALL);
        }
        model.forward(batch);
        FloatBuffer values = FloatBuffer.wrap(batch.logits(), 0, tokens.length * model.config().vocabSize());
        return ids.getManager().create(values, shape.add(model.config().vocabSize()), DataType.FLOAT32);
    }

    private static int[] tokens(NDArray ids) {
        return switch (ids.getDataType()) {
            case INT32 -> ids.toIntArray();
            case INT64 -> Arrays.stream(ids.toLongArray()).mapToInt(Math::toIntExact).toArray();
            default -> throw new IllegalArgumentException(
                    "input_ids: expected int32 or int64, found " + ids.getDataType());
        };
    }

    @Override
    public Iterator<NDList> forwardStreamIter(ParameterStore parameterStore, NDList inputs, boolean training,
            PairList<String, Object> params) {
        NDManager manager = inputs.head().getManager();
        GenerationStream text = generator.stream(unpack(inputs.singletonOrThrow(), GenerationRequest.class));
        // Who closes the predictor ends the streams that nobody has read to their ends.
        manager.attachInternal(NDManager.nextUid(), text);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                if (!text.hasNext()) {
                    // Throws what went wrong.
                    text.result();
                    return false;
                }
                return true;
            }

            @Override
            public NDList next() {
                return new NDList(pack(manager, text.next()));
            }
        };
    }

    @Override
    public Shape[] getOutputShapes(Shape[] shapes) {
        return new Shape[]{shapes[0].add(model.config().vocabSize())};
    }

    @Override
    public PairList<String, Shape> describeOutput() {
        return new PairList<>(List.of("logits"), List.of(getOutputShapes(inputShapes)));
    }

    /** DJL sees no parameters. */
    @Override
    public ParameterList getDirectParameters() {
        return new ParameterList();
    }

    @Override
    public void close() {
        generator.close();
        model.close();
    }
}
