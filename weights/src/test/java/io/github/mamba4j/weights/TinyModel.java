package io.github.mamba4j.weights;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.weights.file.Tensor;
import io.github.mamba4j.weights.file.safetensors.SafetensorsBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** A checkpoint of a very small model, which a test then spoils. */
public final class TinyModel {
    public static final int VOCAB = 11;
    public static final int D_MODEL = 6;
    public static final int D_INNER = 12;
    public static final int D_STATE = 3;
    public static final int D_CONV = 4;
    public static final int DT_RANK = 1;

    public final Map<String, Tensor> tensors = new LinkedHashMap<>();
    public final Map<String, String> config = new LinkedHashMap<>();

    public TinyModel(DType dtype, boolean bias, boolean convBias, boolean tied) {
        config.put("model_type", "\"mamba\"");
        config.put("vocab_size", VOCAB + "");
        config.put("hidden_size", D_MODEL + "");
        config.put("num_hidden_layers", "2");
        config.put("state_size", D_STATE + "");
        config.put("use_bias", bias + "");
        config.put("use_conv_bias", convBias + "");
        config.put("tie_word_embeddings", tied + "");
        SplittableRandom random = new SplittableRandom(1);
        add(random, dtype, "backbone.embeddings.weight", VOCAB, D_MODEL);
        for (String layer : new String[]{"backbone.layers.0.", "backbone.layers.1."}) {
            add(random, dtype, layer + "norm.weight", D_MODEL);
            add(random, dtype, layer + "mixer.in_proj.weight", 2 * D_INNER, D_MODEL);
            add(random, dtype, layer + "mixer.conv1d.weight", D_INNER, 1, D_CONV);
            add(random, dtype, layer + "mixer.x_proj.weight", DT_RANK + 2 * D_STATE, D_INNER);
            add(random, dtype, layer + "mixer.dt_proj.weight", D_INNER, DT_RANK);
            add(random, dtype, layer + "mixer.dt_proj.bias", D_INNER);
            add(random, dtype, layer + "mixer.A_log", D_INNER, D_STATE);
            add(random, dtype, layer + "mixer.D", D_INNER);
            add(random, dtype, layer + "mixer.out_proj.weight", D_MODEL, D_INNER);
            if (bias) {
                add(random, dtype, layer + "mixer.in_proj.bias", 2 * D_INNER);
                add(random, dtype, layer + "mixer.out_proj.bias", D_MODEL);
            }
            if (convBias) {
                add(random, dtype, layer + "mixer.conv1d.bias", D_INNER);
            }
        }
        add(random, dtype, "backbone.norm_f.weight", D_MODEL);
        if (!tied) {
            add(random, dtype, "lm_head.weight", VOCAB, D_MODEL);
        }
    }

    public static TinyModel plain() {
        return new TinyModel(DType.F32, false, true, true);
    }

    /** Puts random values, in the place of a tensor of that name if there is one. */
    public void add(SplittableRandom random, DType dtype, String name, long... shape) {
        float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble(-1, 1);
        }
        put(SafetensorsBytes.tensor(name, dtype, Arrays.stream(shape).boxed().toList(), values));
    }

    public void put(Tensor tensor) {
        tensors.put(tensor.name(), tensor);
    }

    public void rename(String from, String to) {
        Tensor tensor = tensors.remove(from);
        put(new Tensor(to, tensor.type(), tensor.shape(), tensor.data()));
    }

    public TinyModel with(String key, String json) {
        config.put(key, json);
        return this;
    }

    public void writeConfig(Path folder) throws IOException {
        StringBuilder json = new StringBuilder("{");
        config.forEach((key, value) -> json.append(json.length() > 1 ? "," : "").append('"').append(key).append("\":")
                .append(value));
        Files.writeString(folder.resolve("config.json"), json.append('}'));
    }

    public Path write(Path folder) throws IOException {
        writeConfig(folder);
        SafetensorsBytes.write(folder.resolve("model.safetensors"), tensors);
        return folder;
    }
}
