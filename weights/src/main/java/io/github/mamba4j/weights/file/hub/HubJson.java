package io.github.mamba4j.weights.file.hub;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** JSON that a server wrote: nesting and names are bounded, and the caller has bounded the length. */
final class HubJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(32).maxNumberLength(100)
                    .maxNameLength(4096).build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES).disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build()).build();

    private HubJson() {}

    /**
     * Reads a document.
     *
     * @param what where it is from, for messages
     * @param utf8 the document
     */
    static JsonNode read(String what, byte[] utf8) throws HubException {
        try {
            return MAPPER.readTree(utf8);
        } catch (JsonProcessingException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("malformed");
            throw new HubException(what + ": expected JSON, found something else (" + problem + ")", e);
        } catch (IOException e) {
            throw new HubException(what + ": expected JSON in UTF-8, found other bytes", e);
        }
    }
}
