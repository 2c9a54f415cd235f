package io.github.mamba4j.engine.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.mamba4j.engine.MambaModel;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The ends of subscriptions, by the rules of reactive streams. */
@Timeout(60)
class TextPublisherTest {
    private static MambaModel model;
    private static TextGenerator generator;

    @BeforeAll
    static void open() throws IOException {
        model = SmallModels.of(61, 1);
        generator = TextGenerator.builder(model).tokenizer(SmallModels.LETTERS).build();
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Asks for so many chunks, once, and writes down what it is told. */
    private static class Listener implements Flow.Subscriber<TextChunk> {
        private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
        private final long demand;

        Listener(long demand) {
            this.demand = demand;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            if (demand > 0) {
                subscription.request(demand);
            }
        }

        @Override
        public void onNext(TextChunk chunk) {
            told.add("next");
        }

        @Override
        public void onError(Throwable error) {
            told.add("error " + error.getMessage());
        }

        @Override
        public void onComplete() {
            told.add("complete");
        }

        void expect(String... events) throws InterruptedException {
            for (String event : events) {
                assertEquals(event, told.take());
            }
        }
    }

    private static GenerationRequest request(int maxNewTokens, LogitsProcessor... processors) {
        return GenerationRequest.of("HELLO", GenerationOptions.builder().maxNewTokens(maxNewTokens).seed(4)
                .ignoreEos(true).rules(Arrays.stream(processors).map(LogitsRule::of).toList()).build());
    }

    @Test
    void whoAsksForJustAsManyChunksAsThereAreIsToldThatThereAreNoMore() throws InterruptedException {
        Listener listener = new Listener(3);
        generator.publisher(request(3)).subscribe(listener);
        listener.expect("next", "next", "next", "complete");
    }

    @Test
    void theEndOfATextWithoutChunksAndAnErrorNeedNoDemand() throws InterruptedException {
        Listener empty = new Listener(0);
        generator.publisher(request(0)).subscribe(empty);
        empty.expect("complete");
        Listener failing = new Listener(0);
        generator.publisher(request(5, context -> {
            throw new IllegalStateException("broken");
        })).subscribe(failing);
        failing.expect("error broken");
    }

    @Test
    void nothingIsToldAfterTheEnd() throws InterruptedException {
        Thread[] publisher = new Thread[1];
        Listener listener = new Listener(9) {
            @Override
            public void onComplete() {
                publisher[0] = Thread.currentThread();
                publisher[0].setUncaughtExceptionHandler((thread, error) -> {});
                super.onComplete();
                throw new IllegalStateException("a subscriber's fault");
            }
        };
        generator.publisher(request(1)).subscribe(listener);
        listener.expect("next", "complete");
        publisher[0].join();
        assertEquals(0, listener.told.size());
    }

    @Test
    void aSubscriberIsRequired() {
        assertThrows(NullPointerException.class, () -> generator.publisher(request(1)).subscribe(null));
    }
}
