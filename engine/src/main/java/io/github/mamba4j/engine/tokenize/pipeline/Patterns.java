package io.github.mamba4j.engine.tokenize.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.tokenize.pattern.TextPattern;
import io.github.mamba4j.engine.tokenize.pattern.UnsupportedPatternException;

/** Reads patterns: {@code {"String": ...}} or {@code {"Regex": ...}}. */
final class Patterns {
    private static final int SHOWN = 200;
    /** How GPT-2 cuts texts; what the pre-tokenizer ByteLevel does by itself. */
    static final TextPattern GPT2 = compiled(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private Patterns() {}

    private static TextPattern compiled(String pattern) {
        try {
            return TextPattern.compile(pattern);
        } catch (UnsupportedPatternException e) {
            throw new IllegalStateException(e);
        }
    }

    static Finder.Kind read(JsonNode node) throws UncoveredException {
        if (node.path("String").isTextual()) {
            String text = node.path("String").textValue();
            if (text.isEmpty()) {
                throw new UncoveredException("a pattern that is empty");
            }
            return new Finder.Literal(text);
        }
        if (!node.path("Regex").isTextual()) {
            throw new UncoveredException("the pattern " + node);
        }
        String regex = node.path("Regex").textValue();
        try {
            return new Finder.Pattern(TextPattern.compile(regex));
        } catch (UnsupportedPatternException e) {
            String shown = regex.length() <= SHOWN ? regex : regex.substring(0, SHOWN) + "...";
            throw new UncoveredException("the pattern " + shown + " (" + e.getMessage() + ")");
        }
    }
}
