package io.github.mamba4j.engine.djl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineProvider;
import ai.djl.inference.Predictor;
import ai.djl.inference.streaming.ChunkedBytesSupplier;
import ai.djl.inference.streaming.IteratorBytesSupplier;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.TranslateException;
import ai.djl.util.passthrough.PassthroughNDManager;
import io.github.mamba4j.engine.MambaModel;
import io.github.mamba4j.engine.generate.FinishReason;
import io.github.mamba4j.engine.generate.GenerationOptions;
import io.github.mamba4j.engine.generate.GenerationRequest;
import io.github.mamba4j.engine.generate.GenerationResult;
import io.github.mamba4j.engine.generate.TextGenerator;
import io.github.mamba4j.weights.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine as a user of DJL meets it, on a copy of the shipped model. */
class MambaEngineTest {
    private static final GenerationOptions GREEDY = GenerationOptions.builder().temperature(0).maxNewTokens(24).build();

    @TempDir
    static Path folder;

    /** What the library generates without DJL. */
    private static String expected;
    private static String expectedOther;
    private static float[] expectedLogits;

    @BeforeAll
    static void copyShippedModel() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.shipped()) {
            for (String file : List.of("config.json", "generation_config.json", "model.safetensors", "tokenizer.json",
                    "tokenizer_config.json")) {
                try (InputStream in = checkpoint.files().open(file).orElseThrow()) {
                    Files.copy(in, folder.resolve(file));
                }
            }
        }
        try (MambaModel model = MambaModel.load(folder); TextGenerator generator = TextGenerator.of(model)) {
            expected = generator.generate("Once upon a time", GREEDY).text();
            expectedOther = generator.generate("The cat", GREEDY).text();
            expectedLogits = model.prefill(model.newState(), 1, 2, 3);
        }
    }

    private static <I, O> ZooModel<I, O> load(Class<I> input, Class<O> output) throws Exception {
        return MambaCriteria.of(input, output, folder).optArgument("temperature", 0)
                .optArgument("max_new_tokens", "24").build().loadModel();
    }

    @Test
    void aPredictorContinuesAText() throws Exception {
        try (var model = load(String.class, String.class); var predictor = model.newPredictor()) {
            assertEquals(expected, predictor.predict("Once upon a time"));
        }
    }

    @Test
    void theShortCriteriaAreThoseWrittenOut() throws Exception {
        var writtenOut = Criteria.builder().setTypes(String.class, String.class).optEngine("Mamba").optModelPath(folder)
                .optTranslatorFactory(new MambaTranslatorFactory()).optArgument("temperature", 0)
                .optArgument("max_new_tokens", 24).build();
        var shortOnes = MambaCriteria.text(folder).optArgument("temperature", 0).optArgument("max_new_tokens", 24);
        for (var criteria : List.of(writtenOut, shortOnes.build())) {
            try (var model = criteria.loadModel(); var predictor = model.newPredictor()) {
                assertEquals(expected, predictor.predict("Once upon a time"));
            }
        }
        try (var model = shortOnes.setTypes(String.class, Output.class).build().loadModel();
                var predictor = model.newPredictor()) {
            assertEquals(expected, predictor.predict("Once upon a time").getData().getAsString());
        }
    }

    /** If this fails, DJL has learnt to ask the engine, and {@link MambaCriteria} may go. */
    @Test
    void withoutTheFactoryDjlRefusesTextsBeforeItAsksTheEngine() {
        var criteria = Criteria.builder().setTypes(String.class, String.class).optEngine("Mamba").optModelPath(folder)
                .build();
        var e = assertThrows(ModelNotFoundException.class, criteria::loadModel);
        assertTrue(messages(e).contains("No matching default translator found"), messages(e));
    }

    @Test
    void aFolderCanSayAllThatServingNeeds(@TempDir Path served) throws Exception {
        for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
            Files.copy(folder.resolve(file), served.resolve(file));
        }
        Files.writeString(served.resolve("serving.properties"), """
            engine=Mamba
            translatorFactory=io.github.mamba4j.engine.djl.MambaTranslatorFactory
            temperature=0
            max_new_tokens=24
            option.threads=1
            """);
        try (var model = Criteria.builder().setTypes(Input.class, Output.class).optModelPath(served).build()
                .loadModel();
                var predictor = model.newPredictor()) {
            Input input = new Input();
            input.add("Once upon a time");
            assertEquals(expected, predictor.predict(input).getData().getAsString());
        }
    }

    @Test
    void aBatchOfTextsIsTheTextsAlone() throws Exception {
        try (var model = load(String.class, String.class); var predictor = model.newPredictor()) {
            assertEquals(List.of(expectedOther, expected),
                    predictor.batchPredict(List.of("The cat", "Once upon a time")));
        }
    }

    @Test
    void predictorsOfOneModelWorkInManyThreads() throws Exception {
        try (var model = load(String.class, String.class);
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            Callable<String> task = () -> {
                try (Predictor<String, String> predictor = model.newPredictor()) {
                    return predictor.predict("Once upon a time");
                }
            };
            for (Future<String> text : threads.invokeAll(List.of(task, task, task, task, task, task))) {
                assertEquals(expected, text.get());
            }
        }
    }

    @Test
    void aStreamIsReadPieceByPieceAndAddsUpToTheText() throws Exception {
        try (var model = load(String.class, Output.class); var predictor = model.newPredictor()) {
            Output output = predictor.streamingPredict("Once upon a time").getIterativeOutput();
            var pieces = (IteratorBytesSupplier) output.getData();
            List<String> texts = new ArrayList<>();
            pieces.forEachRemaining(piece -> texts.add(new String(piece, StandardCharsets.UTF_8)));
            assertTrue(texts.size() > 5, () -> texts.toString());
            assertEquals(expected, String.join("", texts));
        }
    }

    @Test
    void aStreamIsFilledForAnotherThread() throws Exception {
        try (var model = load(Input.class, Output.class); var predictor = model.newPredictor()) {
            Input input = new Input();
            input.add("Once upon a time");
            var stream = predictor.streamingPredict(input);
            Output output = stream.getAsyncOutput();
            Thread worker = Thread.ofPlatform().start(stream::computeAsyncOutput);
            String text = ((ChunkedBytesSupplier) output.getData()).getAsString();
            worker.join();
            assertEquals(expected, text);
            assertEquals(expected, predictor.predict(input).getData().getAsString());
        }
    }

    @Test
    void aStreamThatIsLeftEndsWithItsPredictorAndDisturbsNoOther() throws Exception {
        try (var model = load(String.class, Output.class); var predictor = model.newPredictor()) {
            IteratorBytesSupplier left;
            try (var other = model.newPredictor()) {
                left = (IteratorBytesSupplier) other.streamingPredict("The cat").getIterativeOutput().getData();
                assertTrue(left.hasNext());
                left.next();
            }
            assertEquals(expected, predictor.predict("Once upon a time").getData().getAsString());
            int rest = 0;
            while (left.hasNext()) {
                left.next();
                rest++;
            }
            assertTrue(rest < 3, "went on for " + rest + " pieces");
        }
    }

    @Test
    void requestsHaveTheirOwnOptions() throws Exception {
        try (var model = load(GenerationRequest.class, GenerationResult.class); var predictor = model.newPredictor()) {
            var result = predictor.predict(
                    GenerationRequest.of("Once upon a time", GREEDY.toBuilder().maxNewTokens(3).build()));
            assertEquals(FinishReason.LENGTH, result.finishReason());
            assertEquals(3, result.completionTokens());
            assertTrue(expected.startsWith(result.text()));
        }
    }

    private static ZooModel<NDList, NDList> loadForArrays() throws Exception {
        return Criteria.builder().setTypes(NDList.class, NDList.class).optEngine("Mamba").optModelPath(folder)
                .optOption("threads", "1").build().loadModel();
    }

    @Test
    void tokenIdsBecomeLogits() throws Exception {
        try (var model = loadForArrays();
                var predictor = model.newPredictor();
                NDManager manager = model.getNDManager().newSubManager()) {
            NDArray one = predictor.predict(new NDList(manager.create(new long[]{1, 2, 3}))).head();
            int vocabSize = expectedLogits.length;
            assertEquals(new Shape(3, vocabSize), one.getShape());
            assertArrayEquals(expectedLogits, last(one));
            NDArray ids = manager.create(new int[]{7, 8, 9, 1, 2, 3}, new Shape(2, 3));
            NDArray two = predictor.predict(new NDList(ids)).head();
            assertEquals(new Shape(2, 3, vocabSize), two.getShape());
            assertArrayEquals(expectedLogits, last(two));
            var e = assertThrows(TranslateException.class,
                    () -> predictor.predict(new NDList(manager.create(new float[]{1}))));
            assertTrue(e.getMessage().contains("input_ids: expected int32 or int64, found float32"), e::getMessage);
        }
    }

    private static float[] last(NDArray logits) {
        float[] values = logits.toFloatArray();
        return Arrays.copyOfRange(values, values.length - expectedLogits.length, values.length);
    }

    @Test
    void arraysCalculateWithTheEngineThatComesWithTheTokenizers() {
        try (NDManager manager = Engine.getEngine("Mamba").newBaseManager()) {
            NDArray array = manager.create(new float[]{1, 2});
            assertArrayEquals(new float[]{2, 3}, array.add(1).toFloatArray());
            assertArrayEquals(new float[]{1, 4}, array.mul(array).toFloatArray());
            assertEquals(2, array.get(1).getFloat());
            assertEquals(3, array.sum().add(manager.full(new Shape(1), 0f)).getFloat());
        }
    }

    @Test
    void withoutAnotherEngineLogitsCanBeReadAndCalculatingSaysWhatToAdd() throws Exception {
        System.setProperty("ai.djl.mamba.disable_alternative", "true");
        try (var model = loadForArrays(); var predictor = model.newPredictor()) {
            NDManager manager = model.getNDManager();
            assertArrayEquals(expectedLogits,
                    last(predictor.predict(new NDList(manager.create(new long[]{1, 2, 3}))).head()));
            NDArray array = manager.create(new float[]{1, 2});
            array.attach(manager);
            for (var operation : List.<Runnable>of(() -> array.add(1), () -> array.mul(array), () -> array.get("0"),
                    () -> manager.full(new Shape(2), 1f), () -> manager.arange(3))) {
                var e = assertThrows(UnsupportedOperationException.class, operation::run);
                assertTrue(e.getMessage().contains("ai.djl.pytorch:pytorch-engine"), e::getMessage);
            }
        } finally {
            System.clearProperty("ai.djl.mamba.disable_alternative");
        }
    }

    @Test
    void theEngineIsFoundButNeverTheDefault() {
        assertTrue(Engine.getAllEngines().contains("Mamba"));
        assertNotEquals("Mamba", Engine.getDefaultEngineName());
        assertEquals(0, Engine.getEngine("Mamba").getGpuCount());
        assertThrows(IllegalArgumentException.class, () -> Engine.getEngine("Mamba").newModel("m", Device.gpu()));
    }

    @Test
    void arraysAreTheDefaultEnginesIfItHasTensors() {
        Engine tensors = new TensorEngine();
        Engine.registerEngine(new TensorProvider(tensors));
        System.setProperty("ai.djl.default_engine", tensors.getEngineName());
        try {
            Engine engine = Engine.getEngine("Mamba");
            assertSame(tensors, engine.getAlternativeEngine());
            try (NDManager manager = engine.newBaseManager()) {
                var e = assertThrows(UnsupportedOperationException.class, () -> manager.arange(3));
                assertEquals("Not supported by PassthroughNDManager", e.getMessage());
            }
        } finally {
            System.clearProperty("ai.djl.default_engine");
        }
    }

    @Test
    void aClosedModelPredictsNoMore() throws Exception {
        var model = load(String.class, String.class);
        var predictor = model.newPredictor();
        model.close();
        model.close();
        assertThrows(TranslateException.class, () -> predictor.predict("Once upon a time"));
        assertFalse(model.getNDManager().isOpen());
    }

    @Test
    void whatIsWrongIsSaid(@TempDir Path empty) throws Exception {
        var criteria = Criteria.builder().setTypes(String.class, String.class).optEngine("Mamba")
                .optTranslatorFactory(new MambaTranslatorFactory());
        Files.writeString(empty.resolve("config.json"), "{");
        assertThrows(MalformedModelException.class, () -> criteria.optModelPath(empty).build().loadModel());
        var badArgument = criteria.optModelPath(folder).optArgument("temperature", "hot").build();
        Exception e = assertThrows(IllegalArgumentException.class, badArgument::loadModel);
        assertEquals("temperature: expected a number, found hot", e.getMessage());
        // Before anything is opened: what is open then, DJL would not close.
        var nothingThere = criteria.optModelPath(empty).optArgument("temperature", "hot").build();
        assertThrows(IllegalArgumentException.class, nothingThere::loadModel);
        var badOption = Criteria.builder().setTypes(String.class, String.class).optEngine("Mamba")
                .optTranslatorFactory(new MambaTranslatorFactory()).optModelPath(folder).optOption("kernels", "gpu")
                .build();
        e = assertThrows(Exception.class, badOption::loadModel);
        assertTrue(messages(e).contains("kernels: expected one of [auto, scalar, panama], found gpu"), messages(e));
    }

    private static String messages(Throwable e) {
        return e.getMessage() + (e.getCause() == null ? "" : " / " + messages(e.getCause()));
    }

    private record TensorProvider(Engine engine) implements EngineProvider {
        @Override
        public String getEngineName() {
            return engine.getEngineName();
        }

        @Override
        public int getEngineRank() {
            return engine.getRank();
        }

        @Override
        public Engine getEngine() {
            return engine;
        }
    }

    /** Stands for an engine such as PyTorch's. */
    private static final class TensorEngine extends Engine {
        @Override
        public Engine getAlternativeEngine() {
            return null;
        }

        @Override
        public String getEngineName() {
            return "TensorsForTests";
        }

        @Override
        public int getRank() {
            return 2;
        }

        @Override
        public String getVersion() {
            return "1";
        }

        @Override
        public boolean hasCapability(String capability) {
            return false;
        }

        @Override
        public Model newModel(String name, Device device) {
            throw new UnsupportedOperationException();
        }

        @Override
        public NDManager newBaseManager() {
            return PassthroughNDManager.INSTANCE;
        }

        @Override
        public NDManager newBaseManager(Device device) {
            return PassthroughNDManager.INSTANCE;
        }
    }
}
