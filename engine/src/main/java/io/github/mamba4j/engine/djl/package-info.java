/**
 * Mamba as an engine of the Deep Java Library. With this library on the class path DJL knows an engine of the name
 * {@code Mamba}:
 *
 * <pre>{@code
 * Criteria<String, String> criteria = MambaCriteria.text(folder).optArgument("max_new_tokens", 40).build();
 * try (ZooModel<String, String> model = criteria.loadModel(); Predictor<String, String> predictor = model.newPredictor()) {
 *     System.out.println(predictor.predict("Once upon a time"));
 * }
 * }</pre>
 *
 * <p>Begin with {@link io.github.mamba4j.engine.djl.MambaCriteria}; it is short for
 *
 * <pre>{@code
 * Criteria.builder().setTypes(String.class, String.class).optEngine("Mamba").optModelPath(folder)
 *         .optTranslatorFactory(new MambaTranslatorFactory())
 * }</pre>
 *
 * and says why the last line is needed. {@link io.github.mamba4j.engine.djl.MambaTranslatorFactory} lists the types and
 * arguments. A folder for DJL Serving says the same in its {@code serving.properties}, with
 * {@code engine=Mamba} and {@code translatorFactory=io.github.mamba4j.engine.djl.MambaTranslatorFactory}; that is enough
 * for {@code (Input, Output)}, text and the JSON of its clients. Options of the model
 * ({@code Criteria.optOption}) are {@code threads}, {@code kernels} ({@code auto}, {@code panama}, {@code scalar}),
 * {@code dtype} ({@code f32}, {@code bf16}, {@code f16}) and {@code max_rows_per_pass}, as in
 * {@link io.github.mamba4j.engine.ModelOptions}.
 *
 * <p>With {@code setTypes(NDList.class, NDList.class)}, and no translator factory, a predictor takes token ids
 * {@code [l]} or {@code [b, l]} (int64 or int32) and gives the logits of every token, {@code [.., vocab_size]}. Arrays
 * of any engine are taken. Those of this one are made and read; whatever is calculated with them is done by DJL's default
 * engine, if that has tensors: PyTorch's where it is on the class path, else the one that comes with DJL's tokenizers.
 * It is loaded when it is needed first, and with {@code -Dai.djl.mamba.disable_alternative=true} never.
 *
 * <p>This engine never becomes DJL's default by itself, downloads nothing and reports nothing. DJL itself asks cloud
 * machines who they are when its engines are first looked up; start Java with {@code -DOPT_OUT_TRACKING=true} or
 * {@code -Dai.djl.offline=true} to keep it from doing that.
 */
package io.github.mamba4j.engine.djl;
