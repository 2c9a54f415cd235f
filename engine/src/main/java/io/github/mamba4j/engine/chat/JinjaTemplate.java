package io.github.mamba4j.engine.chat;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.RenderResult;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.Importable;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A template of a checkpoint, run by Jinjava with all taken away that a chat template has no use for. */
final class JinjaTemplate implements ChatTemplate {
    /** The longest text, of all output and of any part of it, in chars. */
    static final int MAX_OUTPUT = 16 << 20;

    private static final int MAX_DEPTH = 64;
    private static final int MAX_RANGE = 10_000;
    private static final int MAX_ELEMENTS = 100_000;

    /** No filter that computes with dates, addresses or hashes, reads code, or can blow a short text up. */
    private static final Set<String> FILTERS = Set.of("abs", "bool", "capitalize", "count", "d", "default", "dictsort",
            "e", "escape", "first", "float", "int", "join", "last", "length", "list", "lower", "map", "reject",
            "rejectattr", "replace", "reverse", "round", "safe", "select", "selectattr", "sort", "split", "string",
            "sum", "title", "tojson", "trim", "unique", "upper");
    private static final Pattern FILTER = Pattern.compile("\\|\\s*([A-Za-z_]\\w*)");
    private static final Set<String> FUNCTIONS = Set.of(":namespace", ":range", ":raise_exception");
    /** What reaches for other templates. */
    private static final Set<String> NO_TAGS = Set.of("extends", "from", "import", "include");

    private final String source;
    private final String bosToken;
    private final String eosToken;
    private final Jinjava jinjava;

    JinjaTemplate(String source, String bosToken, String eosToken) {
        // Jinjava would drop the last line end of the output instead.
        this.source = JinjaSource.prepared(source);
        this.bosToken = bosToken;
        this.eosToken = eosToken;
        jinjava = restricted();
        offered(this.source);
    }

    private static Jinjava restricted() {
        var processors = JinjavaProcessors.newBuilder()
                .withNodePreProcessor((node, interpreter) -> JinjaBudget.of(interpreter.getContext()).spend()).build();
        JinjavaConfig config = JinjavaConfig.newBuilder()
                .withKeepTrailingNewline(true).withLegacyOverrides(LegacyOverrides.ALL)
                // Else what a user writes would be run as a template.
                .withNestedInterpretationEnabled(false).withElResolver(new JinjaResolver(MAX_OUTPUT))
                .withDisabled(disabled()).withMaxRenderDepth(MAX_DEPTH).withMaxMacroRecursionDepth(MAX_DEPTH)
                .withMaxOutputSize(MAX_OUTPUT).withMaxStringLength(MAX_OUTPUT).withRangeLimit(MAX_RANGE)
                .withMaxListSize(MAX_ELEMENTS).withMaxMapSize(MAX_ELEMENTS)
                .withProcessors(processors).build();
        Jinjava jinjava = new Jinjava(config);
        jinjava.setResourceLocator((name, encoding, interpreter) -> {
            throw new ChatTemplateException("a chat template cannot load another file: " + name);
        });
        jinjava.registerFunction(new ELFunctionDefinition("", "raise_exception", JinjaRefusal.class, "raise",
                Object.class));
        jinjava.registerTag(new JinjaGenerationTag());
        jinjava.registerFilter(new JinjaReplaceFilter(MAX_OUTPUT));
        return jinjava;
    }

    /** The library writes nothing for filters that it does not know; a wrong prompt is worse than none. */
    private void offered(String code) {
        Matcher filter = FILTER.matcher(code);
        while (filter.find()) {
            String name = filter.group(1);
            if (jinjava.getGlobalContext().getFilter(name) == null) {
                jinjava.registerFilter(new JinjaUnknownFilter(name));
            }
        }
    }

    private static Map<Library, Set<String>> disabled() {
        var all = new Jinjava().getGlobalContext();
        return Map.of(Library.FILTER, names(all.getAllFilters(), name -> !FILTERS.contains(name)), Library.FUNCTION,
                names(all.getAllFunctions(), name -> !FUNCTIONS.contains(name)), Library.TAG, NO_TAGS);
    }

    private static Set<String> names(Collection<? extends Importable> library, Predicate<String> wanted) {
        return library.stream().map(Importable::getName).filter(wanted).collect(Collectors.toUnmodifiableSet());
    }

    /** Synchronised, because Jinjava forgets what it resolved after each run, for all runs. */
    @Override
    public synchronized String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
        Map<String, Object> bindings = new HashMap<>();
        bindings.put("messages", messages.stream().map(JinjaTemplate::toMap).toList());
        bindings.put("add_generation_prompt", addGenerationPrompt);
        bindings.put("bos_token", bosToken);
        bindings.put("eos_token", eosToken);
        // Python's spelling.
        bindings.put("True", true);
        bindings.put("False", false);
        bindings.put(JinjaBudget.KEY, new JinjaBudget());
        RenderResult result;
        try {
            result = jinjava.renderForResult(source, bindings);
        } catch (StackOverflowError e) {
            throw new ChatTemplateException("the chat template is nested too deeply", e);
        }
        Optional<TemplateError> error = result.getErrors().stream()
                .filter(e -> e.getSeverity() == TemplateError.ErrorType.FATAL).findFirst();
        if (error.isPresent()) {
            throw failure(error.get());
        }
        return result.getOutput();
    }

    private static Map<String, Object> toMap(ChatMessage message) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("role", message.role());
        map.put("content", message.content());
        return map;
    }

    private static ChatTemplateException failure(TemplateError error) {
        for (Throwable cause = error.getException(); cause != null; cause = cause.getCause()) {
            switch (cause) {
                case JinjaRefusal refusal -> {
                    return new ChatTemplateException("the chat template refuses the messages: " + refusal.getMessage(),
                            refusal);
                }
                case ChatTemplateException known -> {
                    return known;
                }
                default -> {
                }
            }
        }
        String problem = switch (error.getReason()) {
            case OUTPUT_TOO_BIG -> "the chat template writes more than " + MAX_OUTPUT + " characters";
            case DISABLED -> "the chat template uses what is not offered to it: " + error.getMessage();
            default -> "the chat template fails in line " + error.getLineno() + ": " + error.getMessage();
        };
        return new ChatTemplateException(problem, error.getException());
    }

    @Override
    public boolean includesSpecialTokens() {
        return true;
    }
}
