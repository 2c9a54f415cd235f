package io.github.mamba4j.engine.tokenize;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.mamba4j.engine.tokenize.pipeline.ByteAlphabet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Small {@code tokenizer.json} files of many kinds, trained on {@link RandomTexts#WRITTEN}. */
final class SmallTokenizers {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String BYTE_LEVEL = "{'type':'ByteLevel','add_prefix_space':%s,'trim_offsets':true,'use_regex':%s}";
    private static final String META_DECODER = "{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'\u2581'},"
            + "'content':' '},{'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':' ','start':1,'stop':0}]}";
    private static final int MERGES = 300;

    /** Published patterns. */
    static final Map<String, String> PATTERNS = Map.of("llama3",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "qwen2",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "qwen35",
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "tekken",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "cl100k",
            "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s",
            "other", "\\p{Han}+|[a-c\\x41\\u0042]{2,}?|[^\\p{Lu}\\d ]|\\P{L}(?=\\d)|\\s$|(?:ab|a)(c|bcd)??");

    private static final Map<String, String> ALL = make();

    private SmallTokenizers() {}

    /** All of them, by name. */
    static Map<String, String> all() {
        return ALL;
    }

    /** One of them. */
    static String all(String name) {
        return ALL.get(name);
    }

    private static Map<String, String> make() {
        Map<String, String> all = new LinkedHashMap<>();
        byteLevel(all);
        sentencePiece(all);
        normalizers(all);
        preTokenizers(all);
        others(all);
        return all;
    }

    private static void byteLevel(Map<String, String> all) {
        String decoder = BYTE_LEVEL.formatted("true", "true");
        ObjectNode model = bpe(true, false);
        all.put("gpt2", file(model, "null", BYTE_LEVEL.formatted("false", "true"), "null", decoder));
        all.put("neox", file(model, "{'type':'NFC'}", BYTE_LEVEL.formatted("false", "true"),
                BYTE_LEVEL.formatted("false", "true"), decoder));
        all.put("gpt2 prefix", file(model, "null", BYTE_LEVEL.formatted("true", "true"),
                BYTE_LEVEL.formatted("true", "true"), decoder));
        all.put("bytes only", file(model, "null", BYTE_LEVEL.formatted("false", "false"), "null", decoder));
        PATTERNS.forEach((name, pattern) -> all.put(name, file(model.deepCopy().put("ignore_merges", true), "null",
                sequence(split(pattern, "Isolated", false), BYTE_LEVEL.formatted("false", "false")),
                "{'type':'Sequence','processors':[" + BYTE_LEVEL.formatted("true", "true") + "," + template() + "]}",
                decoder)));
        all.put("falcon", file(model, "null", sequence("{'type':'Punctuation','behavior':'Contiguous'}",
                BYTE_LEVEL.formatted("false", "true"), "{'type':'Digits','individual_digits':false}",
                split("[0-9][0-9][0-9]", "Isolated", false)), "null", decoder));
        all.put("starcoder", file(model, "null", sequence("{'type':'Digits','individual_digits':true}",
                BYTE_LEVEL.formatted("false", "true")), "null", decoder));
        all.put("byte normalizer", file(model, "{'type':'ByteLevel'}", "null", "null", decoder));
    }

    private static void sentencePiece(Map<String, String> all) {
        String llama = "{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'\u2581'},"
                + "{'type':'Replace','pattern':{'String':' '},'content':'\u2581'}]}";
        for (boolean bytes : new boolean[]{false, true}) {
            for (boolean safe : new boolean[]{false, true}) {
                ObjectNode model = bpe(false, safe).put("byte_fallback", bytes).put("fuse_unk", safe);
                String name = " bytes " + bytes + " safe " + safe;
                all.put("llama" + name, file(model, llama, "null", template(), META_DECODER));
                for (String scheme : List.of("always", "first", "never")) {
                    all.put("metaspace " + scheme + name, file(model, "null",
                            metaspace(scheme, safe || scheme.equals("never")), "null", metaspace(scheme, true)));
                }
            }
        }
        all.put("no unk", file(bpe(false, true).putNull("unk_token"), llama, "null", "null", META_DECODER));
        all.put("first after normalizer", file(bpe(false, true),
                "{'type':'Sequence','normalizers':[{'type':'Strip','strip_left':true,'strip_right':false},"
                        + "{'type':'Replace','pattern':{'String':'th'},'content':'T'}]}",
                metaspace("first", true), "null", META_DECODER));
    }

    private static void normalizers(Map<String, String> all) {
        ObjectNode model = bpe(true, false);
        String decoder = BYTE_LEVEL.formatted("true", "true");
        for (String type : List.of("NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents")) {
            all.put(type,
                    file(model, "{'type':'" + type + "'}", BYTE_LEVEL.formatted("false", "true"), "null", decoder));
        }
        all.put("strip left", file(model, "{'type':'Strip','strip_left':true,'strip_right':false}",
                BYTE_LEVEL.formatted("false", "true"), "null", decoder));
        all.put("strip both", file(model, "{'type':'Strip','strip_left':true,'strip_right':true}",
                BYTE_LEVEL.formatted("true", "true"), "null", decoder));
        all.put("replace regex", file(model, "{'type':'Replace','pattern':{'Regex':' {2,}'},'content':'\u2581-\u2581'}",
                BYTE_LEVEL.formatted("false", "true"), "null", decoder));
        all.put("replace by nothing", file(model, "{'type':'Sequence','normalizers':[{'type':'NFKC'},"
                + "{'type':'Replace','pattern':{'String':'aba'},'content':''},{'type':'Lowercase'}]}",
                BYTE_LEVEL.formatted("false", "true"), "null", decoder));
    }

    private static void preTokenizers(Map<String, String> all) {
        ObjectNode model = bpe(true, false);
        String decoder = BYTE_LEVEL.formatted("true", "true");
        String bytes = BYTE_LEVEL.formatted("false", "false");
        for (String behavior : List.of("Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous")) {
            for (boolean invert : new boolean[]{false, true}) {
                all.put("split " + behavior + invert, file(model, "null",
                        sequence(split("[aeiou]|\\p{N}{2}", behavior, invert), bytes), "null", decoder));
            }
            all.put("punctuation " + behavior, file(model, "null",
                    sequence("{'type':'Punctuation','behavior':'" + behavior + "'}", bytes), "null", decoder));
        }
        all.put("split literal", file(model, "null", sequence("{'type':'Split','pattern':{'String':'aba'},"
                + "'behavior':'MergedWithPrevious','invert':false}", bytes), "null", decoder));
        all.put("whitespace", file(model, "null", sequence("{'type':'Whitespace'}", bytes), "null", decoder));
        all.put("whitespace split",
                file(model, "null", sequence("{'type':'WhitespaceSplit'}", bytes), "null", decoder));
        all.put("bytes then split", file(model, "null", sequence(bytes, "{'type':'Digits','individual_digits':true}",
                "{'type':'Punctuation','behavior':'Isolated'}"), "null", decoder));
    }

    private static void others(Map<String, String> all) {
        all.put("unigram",
                file(unigram(false), "null", metaspace("always", true), template(), metaspace("always", true)));
        all.put("unigram bytes",
                file(unigram(true), "{'type':'NFKC'}", metaspace("first", false), "null", META_DECODER));
        ObjectNode words = MAPPER.createObjectNode().put("type", "WordLevel").put("unk_token", "<unk>");
        ObjectNode vocab = words.putObject("vocab");
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>"));
        RandomTexts.WRITTEN.forEach(text -> tokens.addAll(List.of(text.split(" "))));
        tokens.forEach(token -> vocab.put(token, vocab.size()));
        all.put("words", file(words, "null", "{'type':'WhitespaceSplit'}", "null", META_DECODER));
    }

    private static String sequence(String... parts) {
        return "{'type':'Sequence','pretokenizers':[" + String.join(",", parts) + "]}";
    }

    private static String split(String pattern, String behavior, boolean invert) {
        return "{'type':'Split','pattern':{'Regex':" + MAPPER.valueToTree(pattern) + "},'behavior':'" + behavior
                + "','invert':" + invert + "}";
    }

    private static String metaspace(String scheme, boolean split) {
        return "{'type':'Metaspace','replacement':'\u2581','prepend_scheme':'" + scheme + "','split':" + split + "}";
    }

    private static String template() {
        return "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A',"
                + "'type_id':0}},{'SpecialToken':{'id':'</s>','type_id':0}}],'pair':[{'Sequence':{'id':'A','type_id':0}},"
                + "{'Sequence':{'id':'B','type_id':0}}],'special_tokens':{'<s>':{'id':'<s>','ids':[1],'tokens':['<s>']},"
                + "'</s>':{'id':'</s>','ids':[2],'tokens':['</s>']}}}";
    }

    /** Single quotes stand for double ones, but not in patterns, which are JSON already. */
    private static JsonNode json(String text) {
        try {
            StringBuilder out = new StringBuilder();
            boolean inDouble = false;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '"' && text.charAt(i - 1) != '\\') {
                    inDouble = !inDouble;
                }
                out.append(c == '\'' && !inDouble ? '"' : c);
            }
            return MAPPER.readTree(out.toString());
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    /** A whole file, with added tokens of all kinds. */
    static String file(ObjectNode model, String normalizer, String preTokenizer, String postProcessor, String decoder) {
        ObjectNode file = MAPPER.createObjectNode().put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = file.putArray("added_tokens");
        int size = model.path("vocab").size();
        add(added, 0, "<unk>", "special");
        add(added, 1, "<s>", "special");
        add(added, 2, "</s>", "special rstrip");
        add(added, size, "<|endoftext|>", "special");
        add(added, size + 1, "<|im_start|>", "special lstrip");
        add(added, size + 2, "<mask>", "special lstrip rstrip");
        add(added, size + 3, "Lily", "single_word normalized");
        add(added, size + 4, "<think>", "normalized");
        add(added, size + 5, "   ", "normalized".repeat(normalizer.contains("Strip'") ? 0 : 1));
        add(added, size + 6, "\u00e9", "normalized");
        file.set("normalizer", json(normalizer));
        file.set("pre_tokenizer", json(preTokenizer));
        file.set("post_processor", json(postProcessor));
        file.set("decoder", json(decoder));
        file.set("model", model);
        return file.toString();
    }

    private static void add(ArrayNode array, int id, String content, String flags) {
        ObjectNode token = array.addObject().put("id", id).put("content", content);
        for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized", "special")) {
            token.put(flag, flags.contains(flag));
        }
    }

    /** A byte-pair encoding; one that is safe has no merge that joins something with a mark behind it. */
    static ObjectNode bpe(boolean bytes, boolean safe) {
        List<List<String>> words = new ArrayList<>();
        for (String text : RandomTexts.WRITTEN) {
            for (String word : text.split(safe || bytes ? "(?= )" : "\n")) {
                List<String> symbols = new ArrayList<>();
                if (bytes) {
                    for (byte b : word.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
                        symbols.add(String.valueOf(ByteAlphabet.charOf(b & 0xFF)));
                    }
                } else {
                    word.replace(' ', '\u2581').codePoints().forEach(c -> symbols.add(Character.toString(c)));
                }
                words.add(symbols);
            }
        }
        Set<String> tokens = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>"));
        if (bytes) {
            for (int b = 0; b < 256; b++) {
                tokens.add(String.valueOf(ByteAlphabet.charOf(b)));
            }
        } else {
            for (int b = 0; b < 256; b++) {
                // One is missing, so that a character with it is unknown.
                tokens.add(b == 0xBF ? "<none>" : String.format("<0x%02X>", b));
            }
            // Some characters are not tokens.
            words.forEach(word -> word.stream().filter(s -> s.hashCode() % 5 != 0).forEach(tokens::add));
            tokens.add("\u2581");
        }
        ObjectNode model = MAPPER.createObjectNode().put("type", "BPE").putNull("dropout");
        model.put("unk_token", bytes ? null : "<unk>").putNull("continuing_subword_prefix")
                .putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
        ArrayNode merges = MAPPER.createArrayNode();
        train(words, tokens, merges, bytes);
        ObjectNode vocab = model.putObject("vocab");
        tokens.forEach(token -> vocab.put(token, vocab.size()));
        model.set("merges", merges);
        return model;
    }

    private static void train(List<List<String>> words, Set<String> tokens, ArrayNode merges, boolean asTexts) {
        for (int i = 0; i < MERGES; i++) {
            Map<List<String>, Integer> counts = new HashMap<>();
            for (List<String> word : words) {
                for (int k = 0; k + 1 < word.size(); k++) {
                    if (tokens.contains(word.get(k)) && tokens.contains(word.get(k + 1))) {
                        counts.merge(List.of(word.get(k), word.get(k + 1)), 1, Integer::sum);
                    }
                }
            }
            List<String> best = counts.entrySet().stream()
                    .max(Map.Entry.<List<String>, Integer>comparingByValue().thenComparing(e -> e.getKey().toString()))
                    .orElseThrow().getKey();
            String joined = best.get(0) + best.get(1);
            tokens.add(joined);
            if (asTexts) {
                merges.add(best.get(0) + " " + best.get(1));
            } else {
                merges.addArray().add(best.get(0)).add(best.get(1));
            }
            for (List<String> word : words) {
                for (int k = 0; k + 1 < word.size(); k++) {
                    if (word.get(k).equals(best.get(0)) && word.get(k + 1).equals(best.get(1))) {
                        word.set(k, joined);
                        word.remove(k + 1);
                    }
                }
            }
        }
    }

    private static ObjectNode unigram(boolean bytes) {
        Set<String> pieces = new LinkedHashSet<>(List.of("<unk>", "<s>", "</s>", "\u2581"));
        for (int b = 0; b < 256 && bytes; b++) {
            pieces.add(String.format("<0x%02X>", b));
        }
        Random random = new Random(3);
        for (String text : RandomTexts.WRITTEN) {
            String marked = text.replace(' ', '\u2581');
            for (int i = 0; i < 60 && !marked.isEmpty(); i++) {
                int from = random.nextInt(marked.length());
                int to = Math.min(marked.length(), from + 1 + random.nextInt(5));
                String piece = marked.substring(from, to);
                if (HfTokenizer.wellFormed(piece).equals(piece)) {
                    pieces.add(piece);
                }
            }
        }
        ObjectNode model = MAPPER.createObjectNode().put("type", "Unigram").put("unk_id", 0).put("byte_fallback",
                bytes);
        ArrayNode vocab = model.putArray("vocab");
        for (String piece : pieces) {
            vocab.addArray().add(piece).add(-random.nextInt(40) / 4.0);
        }
        return model;
    }
}
