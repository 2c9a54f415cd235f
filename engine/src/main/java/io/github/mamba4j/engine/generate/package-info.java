/**
 * From prompts to texts.
 *
 * <p>Begin with {@link io.github.mamba4j.engine.generate.TextGenerator}. It takes a prompt with
 * {@link io.github.mamba4j.engine.generate.GenerationOptions}, or a
 * {@link io.github.mamba4j.engine.generate.GenerationRequest} that can also go on from a state, and gives a
 * {@link io.github.mamba4j.engine.generate.GenerationResult}; a list of requests gives a list of
 * {@link io.github.mamba4j.engine.generate.GenerationOutcome}s; a
 * {@link io.github.mamba4j.engine.generate.GenerationStream} gives the text in
 * {@link io.github.mamba4j.engine.generate.TextChunk}s as it comes.
 *
 * <p>For more: {@link io.github.mamba4j.engine.generate.LogitsRule} (rules of one's own),
 * {@link io.github.mamba4j.engine.generate.TokenSampler} (a way of one's own to choose),
 * {@link io.github.mamba4j.engine.generate.PrefixCache} (prompts that begin alike),
 * {@link io.github.mamba4j.engine.generate.BeamOptions} (beam search),
 * {@link io.github.mamba4j.engine.generate.Scorer} and {@link io.github.mamba4j.engine.generate.Embedder} (whole texts).
 *
 * <h2>How a token is chosen</h2>
 * For every token the logits l of the whole vocabulary go through these steps, in this order, as
 * {@link io.github.mamba4j.engine.generate.GenerationOptions} and their
 * {@link io.github.mamba4j.engine.generate.TokenRules} ask for them. Tokens already there are those of the prompt and those
 * generated, unless it says otherwise. In brackets, the names of a {@code generation_config.json} where they differ.
 * <ol>
 * <li>{@code logitBias}: l[i] + bias[i].
 * <li>{@code sequenceBias}: l of the last token of a run plus its bias, where the text ends with the tokens before it.
 * <li>{@code repetitionPenalty} r: for each token already there, once: l / r if l is positive, else l * r.
 * <li>{@code presencePenalty} p and {@code frequencyPenalty} f: l - p - f * count for each generated token.
 * <li>{@code noRepeatNgram} n ({@code no_repeat_ngram_size}): a token that would repeat n tokens in a row is forbidden.
 * <li>{@code badWords} ({@code bad_words_ids}): a token that would complete such a run is forbidden.
 * <li>{@code minLength}, {@code minNewTokens}: end-of-text tokens are forbidden as long as there are fewer tokens.
 * <li>{@code forcedBos}, {@code forcedEos}: all other tokens are forbidden, and l = 0.
 * <li>{@code lengthDecay} ({@code exponential_decay_length_penalty}): l + abs(l) * (factor^n - 1) for end-of-text tokens,
 * n tokens behind the start.
 * <li>{@code banned} ({@code suppress_tokens}), {@code bannedAtStart} ({@code begin_suppress_tokens}) are forbidden.
 * <li>{@code rules}, in their order.
 * <li>A {@code sampler} chooses now, if there is one. Else, with temperature 0, the token with the largest logit is taken,
 * the lowest id of several. Otherwise the weights w = exp((l - max l) / temperature) go on.
 * <li>{@code topK}: the k largest weights stay.
 * <li>{@code topP}: the largest weights stay, as few as have at least the share p of the sum.
 * <li>{@code minP}: weights of at least p times the largest stay.
 * <li>{@code typicalP}: with H the entropy of what is left, the tokens whose information -log(probability) is nearest to
 * H stay, as few as have at least the share p of the sum (Meister et al. 2022).
 * <li>{@code epsilonCutoff} e: tokens of at least the probability e in what is left stay, and the most likely one
 * (Hewitt et al. 2022).
 * <li>{@code etaCutoff} e: the same with min(e, sqrt(e) * exp(-H)) in place of e (Hewitt et al. 2022).
 * <li>Of what is left, in the order of token ids, the first token is taken whose cumulative weight exceeds u times the
 * sum.
 * </ol>
 * Ties go to the lower id. These are the rules of Hugging Face's transformers, where it has them, in its order; only that
 * there all tokens that tie with the last of top-k stay.
 *
 * <h2>Random numbers</h2>
 * The random number u of a token is a function of the seed and of the token's place p in its sequence, counted from 0
 * and over the tokens that a starting state has consumed, so that a text that is continued is the text that one longer
 * run gives. It is number p of the generator SplitMix64 (Steele, Lea, Flood 2014), in arithmetic modulo 2^64:
 *
 * <pre>
 * z = seed + (p + 1) * 0x9E3779B97F4A7C15
 * z = (z xor (z >>> 30)) * 0xBF58476D1CE4E5B9
 * z = (z xor (z >>> 27)) * 0x94D049BB133111EB
 * u = ((z xor (z >>> 31)) >>> 11) / 2^53
 * </pre>
 */
package io.github.mamba4j.engine.generate;
