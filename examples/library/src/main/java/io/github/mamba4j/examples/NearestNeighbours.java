package io.github.mamba4j.examples;

import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.Embedder;
import io.github.mamba4j.engine.tokenize.HfTokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;

/** Embeds sentences and finds those nearest to a question in Lucene's HNSW index (Malkov and Yashunin 2018). */
public final class NearestNeighbours {
    private static final List<String> SENTENCES = List.of("The dog ran after the ball in the park.",
            "The cat and the dog played in the garden.", "Mom made a cake for the birthday party.",
            "They ate soup and bread for dinner.", "The rain fell and the sky was dark.",
            "It was a sunny day outside.");

    private NearestNeighbours() {}

    /**
     * Runs the example.
     *
     * @param args none
     * @throws IOException if the model cannot be read
     */
    public static void main(String[] args) throws IOException {
        run(System.out);
    }

    static void run(PrintStream out) throws IOException {
        try (MambaModel model = MambaModel.shipped();
                HfTokenizer tokenizer = HfTokenizer.load(model.files());
                Directory directory = new ByteBuffersDirectory()) {
            Embedder embedder = new Embedder(model);
            try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig())) {
                for (String sentence : SENTENCES) {
                    float[] vector = embedder.embed(Embedder.Pooling.MEAN, tokenizer.encode(sentence));
                    Document document = new Document();
                    document.add(new StoredField("sentence", sentence));
                    document.add(new KnnFloatVectorField("vector", vector, VectorSimilarityFunction.COSINE));
                    writer.addDocument(document);
                }
            }
            String question = "A puppy ran after the ball.";
            float[] vector = embedder.embed(Embedder.Pooling.MEAN, tokenizer.encode(question));
            out.println(question);
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                IndexSearcher searcher = new IndexSearcher(reader);
                for (ScoreDoc hit : searcher.search(new KnnFloatVectorQuery("vector", vector, 3), 3).scoreDocs) {
                    out.println("- " + searcher.storedFields().document(hit.doc).get("sentence"));
                }
            }
        }
    }
}
