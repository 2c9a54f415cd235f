package io.github.mamba4j.weights.file.gguf;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.mamba4j.weights.CheckpointException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The tokenizer inside a GGUF file, written as the files that Hugging Face keeps one in, so that one path serves both.
 *
 * <p>Two models are known: {@code gpt2}, byte-level BPE with the patterns that {@code tokenizer.ggml.pre} names, and
 * {@code llama}, SentencePiece's BPE with bytes for what is no token. Others are refused by name.
 *
 * <p>Control and unknown tokens become special added tokens, and so do tokens that are known to end a text, whatever the
 * file says of them; user-defined ones become added tokens. Fillers ({@code [PAD17]}) have ids, but are not found in
 * texts. Texts are composed (NFC) where the tokenizers that a name stands for do so, which llama.cpp leaves out.
 *
 * <p>Thread-safe: immutable.
 */
public final class GgufTokenizer {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String SPACE = "\u2581";

    private final GgufMetadata metadata;
    private final boolean byteLevel;
    /** How texts are cut; null for SentencePiece. */
    private final PreTokenizer preTokenizer;
    private final boolean addsSpace;
    private final Vocabulary vocabulary;
    private final List<Merges.Merge> merges;
    private final OptionalInt bos;
    private final OptionalInt eos;
    private final OptionalInt unknown;
    private final boolean addBos;
    private final boolean addEos;
    private final List<Integer> ends;

    private GgufTokenizer(GgufMetadata metadata, boolean byteLevel) throws IOException {
        this.metadata = metadata;
        this.byteLevel = byteLevel;
        preTokenizer = byteLevel ? PreTokenizer.of(metadata) : null;
        addsSpace = !byteLevel && metadata.bool("tokenizer.ggml.add_space_prefix").orElse(true);
        vocabulary = Vocabulary.read(metadata);
        merges = byteLevel ? Merges.read(metadata, vocabulary) : Merges.fromScores(metadata, vocabulary);
        bos = role("bos", 1);
        eos = role("eos", 2);
        unknown = role("unknown", 0);
        addBos = adds("bos", bos, byteLevel ? preTokenizer.addBos() : true);
        addEos = adds("eos", eos, false);
        ends = List.copyOf(vocabulary.ends(eos));
    }

    /**
     * Reads the tokenizer of a file.
     *
     * @param metadata the file's metadata
     * @return the tokenizer
     * @throws CheckpointException if there is none, it is damaged, or of a kind that is not supported
     * @throws IOException if it cannot be read
     */
    public static GgufTokenizer of(GgufMetadata metadata) throws IOException {
        String model = metadata.string("tokenizer.ggml.model").orElseThrow(() -> new CheckpointException(
                metadata.location() + ": metadata 'tokenizer.ggml.model' is missing, so there is no tokenizer inside"));
        return switch (model) {
            case "gpt2" -> new GgufTokenizer(metadata, true);
            case "llama" -> new GgufTokenizer(metadata, false);
            default ->
                throw new CheckpointException(metadata.location() + ": metadata 'tokenizer.ggml.model': tokenizer '"
                        + model + "' is not supported; supported are gpt2 and llama");
        };
    }

    /** A token with a role; SentencePiece has ids that are meant where a file says nothing. */
    private OptionalInt role(String role, int sentencePiece) throws CheckpointException {
        OptionalInt id = vocabulary.role(role);
        boolean silent = metadata.type("tokenizer.ggml." + role + "_token_id").isEmpty();
        return silent && !byteLevel && sentencePiece < vocabulary.size() ? OptionalInt.of(sentencePiece) : id;
    }

    private boolean adds(String role, OptionalInt id, boolean byDefault) throws CheckpointException {
        String key = "tokenizer.ggml.add_" + role + "_token";
        Optional<Boolean> said = metadata.bool(key);
        if (said.orElse(false) && id.isEmpty()) {
            throw new CheckpointException(metadata.location() + ": metadata '" + key
                    + "': expected metadata 'tokenizer.ggml." + role + "_token_id' beside it, found none");
        }
        return said.orElse(byDefault) && id.isPresent();
    }

    /**
     * The tokens that end what the model writes: those with the roles eos, eot (end of turn) and eom (end of message), and
     * those whose text is known to mean that.
     *
     * @return their ids, ascending
     */
    public List<Integer> endTokens() {
        return ends;
    }

    /**
     * The content of a {@code tokenizer.json} that gives the same ids.
     *
     * @return JSON in UTF-8
     * @throws CheckpointException if the metadata is damaged
     * @throws IOException never otherwise
     */
    public byte[] tokenizerJson() throws IOException {
        var out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("version", "1.0");
            json.writeNullField("truncation");
            json.writeNullField("padding");
            writeAddedTokens(json);
            writeNormalizer(json);
            writePreTokenizer(json);
            writePostProcessor(json);
            writeDecoder(json);
            writeModel(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private void writeAddedTokens(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("added_tokens");
        for (int id = 0; id < vocabulary.size(); id++) {
            if (!vocabulary.isAdded(id)) {
                continue;
            }
            json.writeStartObject();
            json.writeNumberField("id", id);
            json.writeStringField("content", vocabulary.token(id));
            for (String no : new String[]{"single_word", "lstrip", "rstrip", "normalized"}) {
                json.writeBooleanField(no, false);
            }
            json.writeBooleanField("special", vocabulary.isSpecial(id));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void writeNormalizer(JsonGenerator json) throws IOException {
        json.writeFieldName("normalizer");
        if (byteLevel && preTokenizer.nfc()) {
            writeType(json, "NFC", () -> {});
        } else if (byteLevel) {
            json.writeNull();
        } else {
            writeSequence(json, "normalizers", () -> {
                if (addsSpace) {
                    writeType(json, "Prepend", () -> json.writeStringField("prepend", SPACE));
                }
                writeReplace(json, " ", SPACE);
            });
        }
    }

    private void writePreTokenizer(JsonGenerator json) throws IOException {
        json.writeFieldName("pre_tokenizer");
        if (!byteLevel) {
            json.writeNull();
        } else if (preTokenizer.patterns().isEmpty()) {
            writeByteLevel(json, true);
        } else {
            writeSequence(json, "pretokenizers", () -> {
                for (String pattern : preTokenizer.patterns()) {
                    writeType(json, "Split", () -> {
                        json.writeObjectFieldStart("pattern");
                        json.writeStringField("Regex", pattern);
                        json.writeEndObject();
                        json.writeStringField("behavior", "Isolated");
                        json.writeBooleanField("invert", false);
                    });
                }
                writeByteLevel(json, false);
            });
        }
    }

    private void writePostProcessor(JsonGenerator json) throws IOException {
        json.writeFieldName("post_processor");
        if (addBos || addEos) {
            writeType(json, "TemplateProcessing", () -> {
                writeTemplate(json, "single", "A");
                writeTemplate(json, "pair", "A", "B");
                json.writeObjectFieldStart("special_tokens");
                for (Map.Entry<String, Integer> token : addedByTemplate().entrySet()) {
                    json.writeObjectFieldStart(token.getKey());
                    json.writeStringField("id", token.getKey());
                    json.writeArrayFieldStart("ids");
                    json.writeNumber(token.getValue());
                    json.writeEndArray();
                    json.writeArrayFieldStart("tokens");
                    json.writeString(token.getKey());
                    json.writeEndArray();
                    json.writeEndObject();
                }
                json.writeEndObject();
            });
        } else if (byteLevel) {
            writeByteLevel(json, true);
        } else {
            json.writeNull();
        }
    }

    private Map<String, Integer> addedByTemplate() {
        Map<String, Integer> tokens = new TreeMap<>();
        if (addBos) {
            tokens.put(vocabulary.token(bos.getAsInt()), bos.getAsInt());
        }
        if (addEos) {
            tokens.put(vocabulary.token(eos.getAsInt()), eos.getAsInt());
        }
        return tokens;
    }

    private void writeTemplate(JsonGenerator json, String name, String... texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (int i = 0; i < texts.length; i++) {
            if (addBos) {
                writePiece(json, "SpecialToken", vocabulary.token(bos.getAsInt()), i);
            }
            writePiece(json, "Sequence", texts[i], i);
            if (addEos) {
                writePiece(json, "SpecialToken", vocabulary.token(eos.getAsInt()), i);
            }
        }
        json.writeEndArray();
    }

    private static void writePiece(JsonGenerator json, String kind, String id, int typeId) throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart(kind);
        json.writeStringField("id", id);
        json.writeNumberField("type_id", typeId);
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeDecoder(JsonGenerator json) throws IOException {
        json.writeFieldName("decoder");
        if (byteLevel) {
            writeByteLevel(json, true);
            return;
        }
        writeSequence(json, "decoders", () -> {
            writeReplace(json, SPACE, " ");
            writeType(json, "ByteFallback", () -> {});
            writeType(json, "Fuse", () -> {});
            if (addsSpace) {
                writeType(json, "Strip", () -> {
                    json.writeStringField("content", " ");
                    json.writeNumberField("start", 1);
                    json.writeNumberField("stop", 0);
                });
            }
        });
    }

    private void writeModel(JsonGenerator json) throws IOException {
        json.writeFieldName("model");
        writeType(json, "BPE", () -> {
            json.writeNullField("dropout");
            if (byteLevel || unknown.isEmpty()) {
                json.writeNullField("unk_token");
            } else {
                json.writeStringField("unk_token", vocabulary.token(unknown.getAsInt()));
            }
            json.writeNullField("continuing_subword_prefix");
            json.writeNullField("end_of_word_suffix");
            json.writeBooleanField("fuse_unk", !byteLevel);
            json.writeBooleanField("byte_fallback", !byteLevel);
            json.writeBooleanField("ignore_merges", byteLevel && preTokenizer.ignoreMerges());
            json.writeObjectFieldStart("vocab");
            for (int id = 0; id < vocabulary.size(); id++) {
                json.writeNumberField(vocabulary.token(id), id);
            }
            json.writeEndObject();
            json.writeArrayFieldStart("merges");
            for (Merges.Merge merge : merges) {
                json.writeStartArray();
                json.writeString(vocabulary.token(merge.left()));
                json.writeString(vocabulary.token(merge.right()));
                json.writeEndArray();
            }
            json.writeEndArray();
        });
    }

    /** What goes between the braces of an object or the brackets of an array. */
    private interface Body {
        void write() throws IOException;
    }

    private static void writeType(JsonGenerator json, String type, Body body) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type);
        body.write();
        json.writeEndObject();
    }

    private static void writeSequence(JsonGenerator json, String name, Body body) throws IOException {
        writeType(json, "Sequence", () -> {
            json.writeArrayFieldStart(name);
            body.write();
            json.writeEndArray();
        });
    }

    private static void writeByteLevel(JsonGenerator json, boolean useRegex) throws IOException {
        writeType(json, "ByteLevel", () -> {
            json.writeBooleanField("add_prefix_space", false);
            json.writeBooleanField("trim_offsets", true);
            json.writeBooleanField("use_regex", useRegex);
        });
    }

    private static void writeReplace(JsonGenerator json, String from, String to) throws IOException {
        writeType(json, "Replace", () -> {
            json.writeObjectFieldStart("pattern");
            json.writeStringField("String", from);
            json.writeEndObject();
            json.writeStringField("content", to);
        });
    }

    /**
     * The content of a {@code tokenizer_config.json}: the special tokens by role, whether they are added, and the chat
     * template, if there is one.
     *
     * @return JSON in UTF-8
     * @throws CheckpointException if the metadata is damaged
     * @throws IOException never otherwise
     */
    public byte[] tokenizerConfigJson() throws IOException {
        var out = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("tokenizer_class", "PreTrainedTokenizerFast");
            json.writeBooleanField("add_bos_token", addBos);
            json.writeBooleanField("add_eos_token", addEos);
            json.writeBooleanField("clean_up_tokenization_spaces", false);
            writeRole(json, "bos_token", bos);
            writeRole(json, "eos_token", eos);
            writeRole(json, "unk_token", unknown);
            writeRole(json, "pad_token", vocabulary.role("padding"));
            writeChatTemplates(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    private void writeRole(JsonGenerator json, String name, OptionalInt id) throws IOException {
        if (id.isPresent()) {
            json.writeStringField(name, vocabulary.token(id.getAsInt()));
        }
    }

    /** One template, or a list of templates with names. */
    private void writeChatTemplates(JsonGenerator json) throws IOException {
        String prefix = "tokenizer.chat_template";
        Optional<String> unnamed = metadata.string(prefix);
        Map<String, String> templates = new TreeMap<>();
        List<String> named = new ArrayList<>(metadata.keys());
        named.removeIf(key -> !key.startsWith(prefix + "."));
        for (String key : named) {
            templates.put(key.substring(prefix.length() + 1), metadata.string(key).orElseThrow());
        }
        if (templates.isEmpty()) {
            if (unnamed.isPresent()) {
                json.writeStringField("chat_template", unnamed.get());
            }
            return;
        }
        unnamed.ifPresent(template -> templates.put("default", template));
        json.writeArrayFieldStart("chat_template");
        for (Map.Entry<String, String> template : templates.entrySet()) {
            json.writeStartObject();
            json.writeStringField("name", template.getKey());
            json.writeStringField("template", template.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
