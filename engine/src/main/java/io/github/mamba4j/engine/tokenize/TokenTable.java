package io.github.mamba4j.engine.tokenize;

import java.util.BitSet;
import java.util.List;

/**
 * What a {@code tokenizer.json} says of each token: the bytes it stands for and whether it is special.
 *
 * @param bytes by id; empty for special tokens and for ids without a token
 * @param special the ids of special tokens
 * @param dropsLeadingSpace whether a text begins with a space of the tokenizer's own
 */
record TokenTable(List<byte[]> bytes, BitSet special, boolean dropsLeadingSpace) {}
