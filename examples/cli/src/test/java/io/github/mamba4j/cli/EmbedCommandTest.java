package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.mamba;
import static io.github.mamba4j.cli.CliRun.mambaReading;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbedCommandTest {
    private static List<float[]> vectors(String lines) throws IOException {
        List<float[]> vectors = new ArrayList<>();
        for (String line : lines.lines().toList()) {
            JsonNode node = new ObjectMapper().readTree(line);
            assertEquals(vectors.size(), node.get("index").asInt());
            float[] vector = new float[node.get("embedding").size()];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = node.get("embedding").get(i).floatValue();
            }
            vectors.add(vector);
        }
        return vectors;
    }

    private static float[] expected(String text, int layer, Embedder.Pooling pooling) throws IOException {
        try (MambaModel model = MambaModel.shipped(); HfTokenizer tokenizer = HfTokenizer.load(model.files())) {
            Embedder embedder = layer < 0 ? new Embedder(model) : Embedder.ofLayer(model, layer);
            return embedder.embed(pooling, tokenizer.encode(text));
        }
    }

    @Test
    void printsAVectorForEachText() throws IOException {
        List<float[]> vectors = vectors(mamba("embed", "--text", "a dog", "--text", "a red cat").succeeded().out());
        assertArrayEquals(expected("a dog", -1, Embedder.Pooling.LAST), vectors.get(0));
        assertArrayEquals(expected("a red cat", -1, Embedder.Pooling.LAST), vectors.get(1));
    }

    @Test
    void poolsTheLayerThatIsAskedForAndNormalises() throws IOException {
        float[] found = vectors(mamba("embed", "--text", "a dog", "--pooling", "mean", "--layer", "3", "--normalize")
                .succeeded().out()).getFirst();
        assertArrayEquals(Embedder.normalize(expected("a dog", 3, Embedder.Pooling.MEAN)), found);
    }

    @Test
    void readsLinesAndJsonLines(@TempDir Path folder) throws IOException {
        String expected = mamba("embed", "--text", "a dog", "--text", "it's \"red\"").succeeded().out();
        assertEquals(expected, mambaReading("a dog\nit's \"red\"\n", "embed", "--file", "-").succeeded().out());
        Path file = folder.resolve("texts.jsonl");
        Files.writeString(file, "{\"text\": \"a dog\", \"id\": 7}\n{\"text\": \"it's \\\"red\\\"\"}");
        assertEquals(expected, mamba("embed", "--file", file.toString()).succeeded().out());
        Path output = folder.resolve("vectors.jsonl");
        assertEquals("", mamba("embed", "--file", file.toString(), "--output", output.toString()).succeeded().out());
        assertEquals(expected, Files.readString(output));
    }

    @Test
    void writesNumpysFormat(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("vectors.npy");
        mamba("embed", "--text", "a dog", "--text", "a cat", "--text", "an owl", "--format", "npy", "--output",
                file.toString()).succeeded();
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] magic = new byte[8];
        bytes.get(magic);
        assertArrayEquals(new byte[]{(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, magic);
        byte[] header = new byte[bytes.getShort()];
        bytes.get(header);
        assertEquals(0, bytes.position() % 64);
        String dictionary = new String(header, StandardCharsets.US_ASCII);
        assertEquals("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 192), }", dictionary.strip());
        assertEquals('\n', dictionary.charAt(dictionary.length() - 1));
        assertEquals(3 * 192 * 4, bytes.remaining());
        float[] second = new float[192];
        bytes.position(bytes.position() + 192 * 4).asFloatBuffer().get(second);
        assertArrayEquals(expected("a cat", -1, Embedder.Pooling.LAST), second);
    }

    @Test
    void saysWhichLineIsWrongAndLeavesTheOutputAlone(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("texts.jsonl");
        Path output = folder.resolve("vectors.npy");
        for (String wrong : new String[]{"{\"text\": 7}", "{\"text\": ", "[]", "{\"text\": \"\"}", ""}) {
            Files.writeString(file, "{\"text\": \"a dog\"}\n" + wrong + "\n");
            mamba("embed", "--file", file.toString(), "--format", "npy", "--output", output.toString()).failed(1,
                    "texts.jsonl, line 2");
            assertFalse(Files.exists(output));
        }
        mamba("embed", "--text", "").failed(1, "--text, text 1", "empty");
        mamba("embed", "--file", folder.resolve("none").toString()).failed(1, "none");
    }

    @Test
    void refusesWhatDoesNotGoTogether() {
        mamba("embed", "--text", "a", "--format", "npy").failed(2, "--output");
        mamba("embed", "--text", "a", "--layer", "9").failed(2, "--layer", "0 to 8");
        mamba("embed").failed(2, "--text");
        mamba("embed", "--text", "a", "--pooling", "max").failed(2, "--pooling");
    }
}
