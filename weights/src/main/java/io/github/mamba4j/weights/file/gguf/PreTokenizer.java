package io.github.mamba4j.weights.file.gguf;

import io.github.mamba4j.weights.CheckpointException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a byte-level BPE tokenizer cuts a text into words before it merges, by the names that {@code tokenizer.ggml.pre}
 * holds. llama.cpp (src/llama-vocab.cpp) says which name means which patterns; the patterns are written as the models'
 * own {@code tokenizer.json} has them. Patterns are applied one after the other: what matches, and what lies between
 * matches, is a word, which the next one may cut again.
 */
enum PreTokenizer {
    /** GPT-2's pattern alone. */
    GPT2(false, false, false, List.of(),
            "gpt-2 phi-2 jais trillion granite-docling exaone4 gigachat mellum modern-bert a.x-4.0"),
    /** The same, after composing characters (NFC): GPT-NeoX's tokenizer, which Mamba uses, and those made from it. */
    NEOX(true, false, false, List.of(), "gpt-neox mpt olmo"),
    /** Each digit alone. */
    STARCODER(false, false, false, List.of("\\p{N}", Patterns.GPT2),
            "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2"),
    /** Punctuation in runs, digits in threes. */
    FALCON(false, false, false, List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Patterns.GPT2, "[0-9][0-9][0-9]"), "falcon"),
    /** Llama 3's pattern; words that are tokens are not built up by merges. */
    LLAMA3(false, true, true, List.of(Patterns.LLAMA3),
            "llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2"),
    /** Llama 3's pattern alone. */
    DBRX(false, false, false, List.of(Patterns.LLAMA3), "dbrx smaug-bpe glm4 chatglm-bpe"),
    /** Qwen 2's: digits one by one, after NFC. */
    QWEN2(true, false, false, List.of(Patterns.QWEN2), "qwen2 deepseek-r1-qwen megrez"),
    /** The same without NFC. */
    STABLELM2(false, false, false, List.of(Patterns.QWEN2), "stablelm2 hunyuan solar-open grok-2"),
    /** Qwen 3.5's: marks belong to letters, after NFC. */
    QWEN35(true, false, false, List.of(Patterns.QWEN35), "qwen35"),
    /** Mistral's: capitals begin a word. */
    TEKKEN(false, true, true, List.of(Patterns.TEKKEN), "tekken"),
    /** GPT-4o's: capitals begin a word. */
    GPT4O(false, false, false, List.of(Patterns.GPT4O), "gpt-4o llama4 kanana2 minimax-m2"),
    /** Ling's and Ring's. */
    BAILING(false, false, false, List.of(Patterns.BAILING), "bailingmoe bailingmoe2 llada-moe"),
    /** What llama.cpp takes where a file says nothing better. */
    DEFAULT(false, false, false,
            List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Patterns.GPT2, "\\p{N}+", "[0-9][0-9][0-9]"), "default");

    private final boolean nfc;
    private final boolean ignoreMerges;
    private final boolean addBos;
    private final List<String> patterns;
    private final Set<String> names;

    PreTokenizer(boolean nfc, boolean ignoreMerges, boolean addBos, List<String> patterns, String names) {
        this.nfc = nfc;
        this.ignoreMerges = ignoreMerges;
        this.addBos = addBos;
        this.patterns = patterns;
        this.names = Set.of(names.split(" "));
    }

    /**
     * Finds one.
     *
     * @param metadata what the file says
     */
    static PreTokenizer of(GgufMetadata metadata) throws CheckpointException {
        String name = metadata.string("tokenizer.ggml.pre").orElse(null);
        if (name == null) {
            // Files of before 2024-05 have no name. With these architectures came one tokenizer only.
            String architecture = metadata.string("general.architecture").orElse("");
            return architecture.equals("mamba") || architecture.equals("gptneox") ? NEOX : DEFAULT;
        }
        for (PreTokenizer known : values()) {
            if (known.names.contains(name)) {
                return known;
            }
        }
        Set<String> all = new TreeSet<>();
        Arrays.stream(values()).forEach(known -> all.addAll(known.names));
        throw new CheckpointException(metadata.location() + ": metadata 'tokenizer.ggml.pre': pre-tokenizer '" + name
                + "' is not supported; supported are " + String.join(", ", all));
    }

    /** Whether the text is brought to Unicode's form NFC first. */
    boolean nfc() {
        return nfc;
    }

    /** Whether a word that is a token is taken as it is. */
    boolean ignoreMerges() {
        return ignoreMerges;
    }

    /** Whether texts begin with the token for that, unless the file says otherwise. */
    boolean addBos() {
        return addBos;
    }

    /** The patterns, in order; none means GPT-2's, which Hugging Face's library has built in. */
    List<String> patterns() {
        return patterns;
    }

    /** The patterns as published with the models. */
    private static final class Patterns {
        static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

        private static final String SUFFIXES = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
        private static final String SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        private static final String OTHERS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*" + SPACES;

        static final String LLAMA3 = SUFFIXES + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}" + OTHERS;
        static final String QWEN2 = SUFFIXES + "|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}" + OTHERS;
        static final String QWEN35 = SUFFIXES
                + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*" + SPACES;
        static final String BAILING = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}"
                + "| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+";

        private static final String BEFORE = "[^\\r\\n\\p{L}\\p{N}]?";
        private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
        private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
        private static final String PUNCTUATION = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*" + SPACES;

        static final String TEKKEN = BEFORE + UPPER + "*" + LOWER + "+|" + BEFORE + UPPER + "+" + LOWER + "*|\\p{N}"
                + PUNCTUATION;
        static final String GPT4O = BEFORE + UPPER + "*" + LOWER + "+" + SUFFIXES + "?|" + BEFORE + UPPER + "+" + LOWER
                + "*" + SUFFIXES + "?|\\p{N}{1,3}" + PUNCTUATION;

        private Patterns() {}
    }
}
