package io.github.mamba4j.engine.generate;

import io.github.mamba4j.engine.tokenize.IncrementalDecoder;
import java.util.List;
import java.util.Optional;

/** From generated tokens to the text that may be shown: decoding, then stop strings. Not thread-safe. */
final class TextOutput {
    /** Empty for a model without a tokenizer, whose texts are all empty. */
    private final Optional<IncrementalDecoder> decoder;
    private final StopMatcher stops;
    private final StringBuilder text = new StringBuilder();

    TextOutput(Optional<IncrementalDecoder> decoder, List<String> stop) {
        this.decoder = decoder;
        stops = new StopMatcher(stop);
    }

    /** Takes a token; returns the text that is certain now. */
    String append(int token) {
        return add(stops.feed(decoder.map(d -> d.feed(token)).orElse("")));
    }

    /** Ends the text; returns what was held back in vain. */
    String finish() {
        String tail = decoder.map(IncrementalDecoder::finish).orElse("");
        return add(stops.feed(tail) + stops.finish());
    }

    private String add(String piece) {
        text.append(piece);
        return piece;
    }

    boolean isStopped() {
        return stops.isStopped();
    }

    /** All that was returned so far. */
    String text() {
        return text.toString();
    }
}
