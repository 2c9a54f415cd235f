package io.github.mamba4j.weights.file.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which files of a repository make a model, by their names alone: the same for what the hub lists and for what the cache
 * has.
 *
 * @param format how the weights are stored
 * @param weights the files of weights; if the first is an index, the files that it names come after it
 */
record ModelChoice(Format format, List<String> weights) {
    /** How weights are stored. The better comes first. */
    enum Format {
        SAFETENSORS("safetensors"), TORCH("torch"), GGUF("gguf");

        private final String text;

        Format(String text) {
            this.text = text;
        }

        String text() {
            return text;
        }
    }

    static final String CONFIG = "config.json";
    static final String TOKENIZER = "tokenizer.json";

    /** What is fetched besides weights, where it exists. */
    static final List<String> BESIDE = List.of("generation_config.json", TOKENIZER, "tokenizer_config.json",
            "special_tokens_map.json", "added_tokens.json", "chat_template.jinja", "chat_template.json");

    /** What a tokenizer is made of where there is no tokenizer.json. */
    static final List<String> OLD_TOKENIZER = List.of("tokenizer.model", "vocab.json", "merges.txt");

    private static final int MAX_SHARDS = 10_000;
    private static final Map<String, Format> FOLDER = orderedFolder();
    /** The types that are taken where none is named, as llama.cpp does. */
    private static final List<String> DEFAULT_TYPES = List.of("Q4_K_M", "Q8_0");
    private static final Pattern SHARD = Pattern.compile("(.*)-(\\d{5})-of-(\\d{5})");
    private static final Pattern TYPE = Pattern.compile(
            "(?:^|[-._])((?:UD-)?(?:I?Q\\d|TQ\\d|MXFP4|NVFP4|BF16|F16|F32)\\w*)$", Pattern.CASE_INSENSITIVE);
    private static final String GGUF_END = ".gguf";

    private static Map<String, Format> orderedFolder() {
        Map<String, Format> names = new LinkedHashMap<>();
        names.put("model.safetensors", Format.SAFETENSORS);
        names.put("model.safetensors.index.json", Format.SAFETENSORS);
        names.put("pytorch_model.bin", Format.TORCH);
        names.put("pytorch_model.bin.index.json", Format.TORCH);
        return names;
    }

    /**
     * Finds the weights.
     *
     * @param id what is looked for
     * @param names all paths in the repository
     * @return the files, at least one
     * @throws HubException saying what there is instead
     */
    static ModelChoice of(HubId id, Collection<String> names) throws HubException {
        if (id.quant().isEmpty() && names.contains(CONFIG)) {
            for (Map.Entry<String, Format> entry : FOLDER.entrySet()) {
                if (names.contains(entry.getKey())) {
                    return new ModelChoice(entry.getValue(), List.of(entry.getKey()));
                }
            }
        }
        Map<String, List<String>> models = ggufModels(names);
        if (models.isEmpty()) {
            throw new HubException(id + ": expected " + (id.quant().isPresent()
                    ? "a GGUF file of type " + id.quant().get() + ", found none"
                    : "config.json with model.safetensors or pytorch_model.bin, or a GGUF file, found neither"));
        }
        return new ModelChoice(Format.GGUF, complete(id, models.get(gguf(id, models.keySet()))));
    }

    boolean isIndex() {
        return weights.getFirst().endsWith(".index.json");
    }

    /** The GGUF models among files: the files of each by its name without the ending and the number of the part. */
    static Map<String, List<String>> ggufModels(Collection<String> names) {
        Map<String, List<String>> models = new TreeMap<>();
        for (String name : names) {
            String lower = name.toLowerCase(Locale.ROOT);
            // Vision parts and importance matrices are no models.
            if (lower.endsWith(GGUF_END) && !lower.contains("mmproj") && !lower.contains("imatrix")) {
                String stem = name.substring(0, name.length() - GGUF_END.length());
                Matcher shard = SHARD.matcher(stem);
                models.computeIfAbsent(shard.matches() ? shard.group(1) : stem, key -> new ArrayList<>()).add(name);
            }
        }
        models.values().forEach(files -> files.sort(null));
        return models;
    }

    private static String gguf(HubId id, Collection<String> stems) throws HubException {
        List<String> wanted = id.quant().map(List::of).orElse(DEFAULT_TYPES);
        for (String type : wanted) {
            List<String> matching = stems.stream().filter(stem -> isOfType(stem, type)).toList();
            List<String> exact = stems.stream().filter(stem -> isNamed(stem, type)).toList();
            List<String> found = exact.isEmpty() ? matching : exact;
            if (found.size() == 1) {
                return found.getFirst();
            }
            if (found.size() > 1) {
                throw new HubException(id + ": expected one GGUF file of type " + type + ", found " + shown(found)
                        + "; one is named by " + id.repository() + ":NAME");
            }
        }
        if (id.quant().isEmpty() && stems.size() == 1) {
            return stems.iterator().next();
        }
        throw new HubException(id + ": expected a GGUF file of type " + String.join(" or ", wanted) + ", found "
                + shown(stems));
    }

    /** Whether a name ends with the type; what Unsloth calls UD-Q4_K_M is another type than Q4_K_M. */
    static boolean isOfType(String stem, String type) {
        String name = fileName(stem).toUpperCase(Locale.ROOT);
        String wanted = type.toUpperCase(Locale.ROOT);
        if (!name.endsWith(wanted)) {
            return false;
        }
        String before = name.substring(0, name.length() - wanted.length());
        return before.isEmpty() || ".-_".indexOf(before.charAt(before.length() - 1)) >= 0
                && !before.matches(".*[-._]UD-");
    }

    private static boolean isNamed(String stem, String name) {
        return fileName(stem).equals(name) || (fileName(stem) + GGUF_END).equals(name);
    }

    private static String fileName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** A model in parts needs all of them. */
    private static List<String> complete(HubId id, List<String> files) throws HubException {
        String first = files.getFirst();
        Matcher shard = SHARD.matcher(first.substring(0, first.length() - GGUF_END.length()));
        int expected = shard.matches() ? Integer.parseInt(shard.group(3)) : 1;
        if (files.size() != expected || expected > MAX_SHARDS) {
            throw new HubException(id + ": " + first + ": expected " + expected + " parts, found " + files.size());
        }
        return files;
    }

    private static String shown(Collection<String> stems) {
        int most = 12;
        String text = String.join(", ", stems.stream().limit(most).map(ModelChoice::fileName).toList());
        return stems.size() > most ? text + " and " + (stems.size() - most) + " more" : text;
    }

    /** The files that are fetched besides the weights. */
    List<String> beside(Collection<String> names) {
        if (format == Format.GGUF) {
            return List.of();
        }
        List<String> tokenizer = names.contains(TOKENIZER) ? List.of() : OLD_TOKENIZER;
        return Stream.of(List.of(CONFIG), BESIDE, tokenizer).flatMap(List::stream).filter(names::contains).toList();
    }

    /** The same with the files that the index names. */
    ModelChoice withShards(Collection<String> shards) {
        List<String> all = new ArrayList<>(weights);
        all.addAll(shards);
        return new ModelChoice(format, List.copyOf(all));
    }

    /** The type that a GGUF file's name ends with. */
    static Optional<String> typeOf(String stem) {
        Matcher matcher = TYPE.matcher(fileName(stem));
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
