package io.github.mamba4j.engine.tokenize.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.engine.tokenize.model.AddedToken;
import io.github.mamba4j.engine.tokenize.model.MergeList;
import io.github.mamba4j.engine.tokenize.model.Vocabulary;
import java.util.List;

/**
 * What a {@code tokenizer.json} says.
 *
 * @param location where it is, for messages
 * @param modelType the kind of its model
 * @param options the model's values besides vocabulary and merges
 * @param vocabulary the tokens of the model
 * @param scores of a unigram model, by id; empty for others
 * @param merges of a byte-pair encoding; empty for others
 * @param added the added tokens, with the ids that Hugging Face's tokenizers give them
 * @param normalizer the part of that name; missing or null if there is none
 * @param preTokenizer the part of that name
 * @param postProcessor the part of that name
 * @param decoder the part of that name
 * @param changed whether something is not as in the file
 */
public record TokenizerFile(String location, String modelType, JsonNode options, Vocabulary vocabulary, double[] scores,
        MergeList merges, List<AddedToken> added, JsonNode normalizer, JsonNode preTokenizer, JsonNode postProcessor,
        JsonNode decoder, boolean changed) {
    /**
     * The same file with other parts.
     *
     * @param newAdded takes the place of the added tokens
     * @param newPreTokenizer takes the place of the part
     * @param newPostProcessor takes the place of the part
     * @return the file
     */
    public TokenizerFile with(List<AddedToken> newAdded, JsonNode newPreTokenizer, JsonNode newPostProcessor) {
        return new TokenizerFile(location, modelType, options, vocabulary, scores, merges, newAdded, normalizer,
                newPreTokenizer, newPostProcessor, decoder, true);
    }
}
