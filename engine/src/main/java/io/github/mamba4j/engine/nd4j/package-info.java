/**
 * Mamba in ND4J tensors: the block as the paper writes it, shapes (b, l, d), for those who want to read it, change it or
 * compare with it; and the way between this library's numbers and {@code INDArray}.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.nd4j.Nd4jMambaBlock}, the block method by method;
 * {@link io.github.mamba4j.engine.nd4j.Nd4jMambaModel} is the model around it, and
 * {@link io.github.mamba4j.engine.nd4j.Nd4jConversions} the way between. They take the engine's weights
 * and share none of its code (but for the scan, where that is asked for), so that each checks the other. They are not meant
 * to be fast.
 *
 * <p>Who uses this package adds {@code org.nd4j:nd4j-api} and a backend such as {@code org.nd4j:nd4j-native} (version
 * 1.0.0-M2.1) to the class path; the rest of the library does without. On JDK 25 ND4J needs no {@code --add-opens}; its
 * native loader wants {@code --enable-native-access=ALL-UNNAMED} and {@code --sun-misc-unsafe-memory-access=allow} to be
 * silent.
 */
package io.github.mamba4j.engine.nd4j;
