package io.github.mamba4j.engine.tokenize.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.tokenize.file.TokenizerFile;
import io.github.mamba4j.engine.tokenize.model.BpeModel;
import io.github.mamba4j.engine.tokenize.model.TokenModel;
import io.github.mamba4j.engine.tokenize.model.UnigramModel;
import io.github.mamba4j.engine.tokenize.model.WordLevelModel;
import io.github.mamba4j.weights.CheckpointException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes a {@link TextEncoder} of what a file says. Kinds and values that are not known are refused by name. */
public final class EncoderReader {
    private EncoderReader() {}

    /**
     * Makes an encoder.
     *
     * @param file the file
     * @return the encoder
     * @throws UncoveredException if it uses something that is not done in Java
     * @throws CheckpointException if it contradicts itself
     */
    public static TextEncoder read(TokenizerFile file) throws UncoveredException, CheckpointException {
        List<Step> steps = new ArrayList<>();
        StepReader.read(file.preTokenizer(), steps);
        Normalizer normalizer = NormalizerReader.read(file.normalizer());
        PostProcessor postProcessor = PostProcessorReader.read(file.location(), file.postProcessor());
        return new TextEncoder(model(file), normalizer, steps, postProcessor, file.added());
    }

    /**
     * How the added tokens of a file are written in normalised texts.
     *
     * @param file the file
     * @return their texts; empty if the normalizer is not done in Java
     */
    public static Optional<List<String>> normalizedTexts(TokenizerFile file) {
        try {
            Normalizer normalizer = NormalizerReader.read(file.normalizer());
            return Optional.of(file.added().stream().map(token -> token.normalized()
                    ? TextEncoder.normalize(normalizer, token.content())
                    : token.content()).toList());
        } catch (UncoveredException e) {
            return Optional.empty();
        }
    }

    private static TokenModel model(TokenizerFile file) throws UncoveredException, CheckpointException {
        try {
            return switch (file.modelType()) {
                case "BPE" -> bpe(file);
                case "Unigram" -> new UnigramModel(file.vocabulary(), file.scores(),
                        file.options().path("unk_id").asInt(-1), file.options().path("byte_fallback").asBoolean());
                case "WordLevel" -> new WordLevelModel(file.vocabulary(),
                        file.options().path("unk_token").asText("<unk>"));
                default -> throw new UncoveredException("the model " + file.modelType());
            };
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file.location() + ": " + e.getMessage(), e);
        }
    }

    private static TokenModel bpe(TokenizerFile file) throws UncoveredException {
        JsonNode options = file.options();
        for (String name : new String[]{"continuing_subword_prefix", "end_of_word_suffix"}) {
            if (!options.path(name).asText("").isEmpty() && !options.path(name).isNull()) {
                throw new UncoveredException("BPE with the " + name + " " + options.path(name));
            }
        }
        if (options.path("dropout").asDouble(0) != 0) {
            throw new UncoveredException("BPE with dropout");
        }
        JsonNode unknown = options.path("unk_token");
        return new BpeModel(file.vocabulary(), file.merges(),
                new BpeModel.Options(unknown.isTextual() ? unknown.textValue() : null,
                        options.path("fuse_unk").asBoolean(), options.path("byte_fallback").asBoolean(),
                        options.path("ignore_merges").asBoolean()));
    }
}
