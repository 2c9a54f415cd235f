package io.github.mamba4j.engine.djl;

import ai.djl.inference.streaming.ChunkedBytesSupplier;
import ai.djl.inference.streaming.IteratorBytesSupplier;
import ai.djl.inference.streaming.StreamingTranslator;
import ai.djl.modality.Output;
import ai.djl.ndarray.BytesSupplier;
import ai.djl.ndarray.NDList;
import ai.djl.translate.TranslatorContext;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.TextChunk;
import java.util.Iterator;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Gives the text as DJL's {@link Output}: whole, or as it is generated. A stream's output has an
 * {@link IteratorBytesSupplier} that runs the model while it is read, or a {@link ChunkedBytesSupplier} that another
 * thread fills. Thread-safe.
 */
final class StreamingRequestTranslator<I> extends RequestTranslator<I, Output>
        implements
            StreamingTranslator<I, Output> {
    StreamingRequestTranslator(Function<I, GenerationRequest> toRequest) {
        super(toRequest, result -> output(BytesSupplier.wrap(result.text())));
    }

    private static Output output(BytesSupplier data) {
        Output output = new Output(200, "OK");
        output.add(data);
        return output;
    }

    @Override
    public Support getSupport() {
        return Support.BOTH;
    }

    @Override
    public StreamOutput<Output> processStreamOutput(TranslatorContext ctx, Stream<NDList> list) {
        Iterator<BytesSupplier> texts = new Texts(list);
        return new StreamOutput<>() {
            @Override
            protected Output buildAsyncOutput() {
                return output(new ChunkedBytesSupplier());
            }

            @Override
            protected void computeAsyncOutputInternal(Output output) {
                var supplier = (ChunkedBytesSupplier) output.getData();
                texts.forEachRemaining(text -> supplier.appendContent(text, false));
                supplier.appendContent(new byte[0], true);
            }

            @Override
            public Output getIterativeOutputInternal() {
                return output(new IteratorBytesSupplier(texts));
            }
        };
    }

    /** The texts of the chunks that have any. At the end, good or bad, lets go what DJL holds for the stream. */
    private static final class Texts implements Iterator<BytesSupplier> {
        private final Stream<NDList> chunks;
        private final Iterator<String> texts;

        Texts(Stream<NDList> chunks) {
            this.chunks = chunks;
            texts = chunks.map(chunk -> MambaDjlBlock.unpack(chunk.singletonOrThrow(), TextChunk.class).text())
                    .filter(text -> !text.isEmpty()).iterator();
        }

        @Override
        public boolean hasNext() {
            boolean more = false;
            try {
                more = texts.hasNext();
            } finally {
                if (!more) {
                    chunks.close();
                }
            }
            return more;
        }

        @Override
        public BytesSupplier next() {
            return BytesSupplier.wrap(texts.next());
        }
    }
}
