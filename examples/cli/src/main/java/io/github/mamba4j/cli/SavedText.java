package io.github.mamba4j.cli;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.MambaState;
import io.github.mamba4j.engine.StateFile;
import io.github.mamba4j.engine.StateFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * All that it takes to go on with a text as if it had never been interrupted. Saved as a {@link StateFile} with the consumed
 * tokens and, in the metadata, the pending one.
 *
 * @param consumed the tokens that the state has consumed: rules against repetition look at them
 * @param pendingToken the last token, which the model has not seen yet
 * @param state the state
 */
record SavedText(int[] consumed, int pendingToken, MambaState state) {
    private static final String PENDING = "pending_token";

    /**
     * Writes the text; an interruption leaves the file as it was.
     *
     * @param file the file
     * @throws IOException if that is impossible
     */
    void save(Path file) throws IOException {
        StateFile.write(new StateFile.Content(state, Map.of(PENDING, Integer.toString(pendingToken)), consumed), file);
    }

    /**
     * Reads a text.
     *
     * @param file the file
     * @param model the model that the text belongs to
     * @return the text
     * @throws IOException naming the file, if it cannot be read, is damaged or belongs to another model
     */
    static SavedText load(Path file, MambaModel model) throws IOException {
        StateFile.Content content = StateFile.read(file, model);
        String pending = content.metadata().getOrDefault(PENDING, "");
        if (!pending.matches("[0-9]{1,9}")) {
            throw new StateFormatException(
                    file + ": expected a text that --state-out saved, found a state without one");
        }
        if (content.state().tokensConsumed() != content.tokens().length) {
            throw new StateFormatException(file + ": expected the " + content.state().tokensConsumed()
                    + " tokens of the state, found " + content.tokens().length);
        }
        return new SavedText(content.tokens(), Integer.parseInt(pending), content.state());
    }
}
