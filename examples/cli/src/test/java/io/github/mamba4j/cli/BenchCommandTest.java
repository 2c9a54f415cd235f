package io.github.mamba4j.cli;

import static io.github.mamba4j.cli.CliRun.golden;
import static io.github.mamba4j.cli.CliRun.mamba;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.ModelWeights;
import io.github.mamba4j.weights.config.BlockConfig;
import io.github.mamba4j.weights.config.Mamba1Config;
import io.github.mamba4j.weights.config.ModelConfig;
import io.github.mamba4j.weights.config.Multipliers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
    private static final String MODEL = golden("mamba-base");

    private static CliRun bench(String... more) {
        List<String> args = new ArrayList<>(List.of("bench", "--model", MODEL, "--prompt-tokens", "20", "--gen-tokens",
                "3", "--repeat", "2", "--warm-up", "0"));
        args.addAll(List.of(more));
        return mamba(args.toArray(String[]::new));
    }

    @Test
    void theJsonHasEveryFigure() throws IOException {
        JsonNode json = bench("--json", "--threads", "2", "--batch", "3").json();
        assertEquals(MODEL, json.get("model").textValue());
        assertEquals("f32", json.get("dtype").textValue());
        assertEquals(2, json.get("threads").intValue());
        assertEquals(3, json.get("batch").intValue());
        for (String phase : new String[]{"prefill", "decode"}) {
            JsonNode rate = json.at("/" + phase + "/tokens_per_second");
            assertTrue(rate.get("min").doubleValue() > 0, json::toString);
            assertTrue(rate.get("min").doubleValue() <= rate.get("median").doubleValue(), json::toString);
            assertTrue(rate.get("median").doubleValue() <= rate.get("max").doubleValue(), json::toString);
        }
        assertTrue(json.get("peak_rss_bytes").longValue() > json.get("weight_bytes").longValue(), json::toString);
        for (String name : new String[]{"fma_peak_gflops", "read_bandwidth_gbs", "processors", "memory_bytes"}) {
            assertTrue(json.get("machine").get(name).doubleValue() > 0, name);
        }
        assertFalse(json.has("contexts"));
        assertFalse(json.has("other_threads"));
    }

    @Test
    void percentagesFollowFromRatesAndLimits() throws IOException {
        JsonNode json = bench("--json", "--batch", "2").json();
        JsonNode machine = json.get("machine");
        // The case has tied embeddings, so a step reads all of the weights; and the state of each sequence, which it writes.
        double bytesPerSecond = json.at("/decode/tokens_per_second/median").doubleValue()
                * (json.get("weight_bytes").longValue() / 2.0 + 2 * json.get("state_bytes").longValue());
        assertEquals(100e-9 * bytesPerSecond / machine.get("read_bandwidth_gbs").doubleValue(),
                json.at("/decode/percent_of_read_bandwidth").doubleValue(), 1e-6);
        assertTrue(json.at("/prefill/percent_of_fma_peak").doubleValue() > 0);
    }

    @Test
    void countsTheWeightsThatAStepReadsAndARowIsMultipliedBy() {
        var mixer = new Mamba1Config(32, 4, 4, 3, true, true);
        var tied = new ModelConfig("test", 100, 16, 1e-5f, true, Multipliers.NONE,
                List.of(BlockConfig.mixer(0, mixer), BlockConfig.mixer(1, mixer)));
        for (ModelConfig config : List.of(tied, tied.withTied(false))) {
            BenchWeights f32 = BenchWeights.of(ModelWeights.random(config, DType.F32, 1));
            assertEquals(4 * ShapeCount.of(config), f32.bytes());
            assertEquals(4 * ShapeCount.of(tied), f32.bytesPerStep());
            assertEquals(ShapeCount.of(tied) - 1600, f32.parametersPerRow());
            BenchWeights bf16 = BenchWeights.of(ModelWeights.random(config, DType.BF16, 1));
            long matrices = f32.matrices().stream().mapToLong(m -> m.byteSize()).sum();
            assertEquals(f32.bytes() - matrices / 2, bf16.bytes());
        }
    }

    @Test
    void measuresAStepAtSeveralLengthsOfContext() throws IOException {
        JsonNode contexts = bench("--json", "--context", "1,70,45,45").json().get("contexts");
        List<Integer> lengths = new ArrayList<>();
        for (JsonNode context : contexts) {
            lengths.add(context.get("tokens").intValue());
            assertTrue(context.get("milliseconds_per_token").doubleValue() > 0);
            assertEquals(contexts.get(0).get("state_bytes"), context.get("state_bytes"));
            assertTrue(context.get("resident_bytes").longValue() > 0);
        }
        assertEquals(List.of(1, 45, 70), lengths);
    }

    @Test
    void comparesWithOtherNumbersOfThreads() throws IOException {
        JsonNode json = bench("--json", "--threads", "2", "--compare-threads", "3,1,3").json();
        assertEquals(2, json.get("threads").intValue());
        JsonNode others = json.get("other_threads");
        assertEquals(2, others.size(), json::toString);
        for (int i = 0; i < 2; i++) {
            assertEquals(i == 0 ? 1 : 3, others.get(i).get("threads").intValue());
            for (String phase : new String[]{"prefill", "decode"}) {
                checkSpeedup(json.at("/" + phase + "/tokens_per_second"),
                        others.get(i).get(phase + "_tokens_per_second"), others.get(i).get(phase + "_speedup"));
            }
        }
    }

    /** Of two measurements each: the two that were neighbours are divided, whichever those were. */
    private static void checkSpeedup(JsonNode own, JsonNode others, JsonNode speedup) {
        double[] found = {least(speedup), most(speedup)};
        double[] sameOrder = {least(own) / least(others), most(own) / most(others)};
        double[] otherOrder = {least(own) / most(others), most(own) / least(others)};
        Arrays.sort(sameOrder);
        assertTrue(areEqual(sameOrder, found) || areEqual(otherOrder, found),
                () -> own + " to " + others + " is not " + speedup);
        assertEquals((found[0] + found[1]) / 2, speedup.get("median").doubleValue(), 1e-9);
    }

    private static boolean areEqual(double[] expected, double[] found) {
        return IntStream.range(0, 2).allMatch(i -> Math.abs(expected[i] / found[i] - 1) < 1e-9);
    }

    private static double least(JsonNode rate) {
        return rate.get("min").doubleValue();
    }

    private static double most(JsonNode rate) {
        return rate.get("max").doubleValue();
    }

    @Test
    void theTextHasTheSameFacts() {
        String out = bench("--context", "5", "--kernels", "scalar", "--compare-threads", "2").succeeded().out();
        for (String name : new String[]{"model ", "prefill ", "decode ", "memory ", "FMA peak ", "read bandwidth ",
                "threads ", "kernels ", "processor ", "Java ", "system ", "    context ", "    threads ",
                "          2 "}) {
            assertTrue(out.lines().anyMatch(line -> line.startsWith(name)), () -> name + "is missing in\n" + out);
        }
        assertTrue(out.contains("scalar"), out);
    }

    @Test
    void weightsAreConvertedOnDemand() throws IOException {
        assertEquals("bf16", bench("--json", "--dtype", "bf16").json().get("dtype").textValue());
    }

    @ParameterizedTest
    @CsvSource({"--prompt-tokens,0", "--gen-tokens,0", "--repeat,-1", "--batch,0", "--warm-up,-1", "--context,0",
            "--compare-threads,0", "--compare-threads,1025", "--repeat,x", "--preset,mamba-9b", "--threads,0"})
    void impossibleOptionsAreRefused(String option, String value) {
        mamba("bench", option, value).failed(2, option.equals("--threads") ? "threads" : option, value);
    }

    @Test
    void aPresetTakesThePlaceOfAModel() {
        assertAll(() -> bench("--preset", "mamba-130m").failed(2, "--preset", "--model"),
                () -> mamba("bench", "--preset", "mamba-9b").failed(2, "mamba-9b", "mamba-2.8b"));
    }

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddle() {
        assertEquals(new BenchReport.Rate(2.5, 1, 4), BenchReport.Rate.of(new double[]{4, 1, 3, 2}));
        assertEquals(new BenchReport.Rate(2, 1, 3), BenchReport.Rate.of(new double[]{3, 1, 2}));
    }
}
