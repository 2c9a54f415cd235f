package io.github.mamba4j.engine.constrain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonSchemaTest {

    private static final JsonMapper MAPPER = JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();
    private static final byte[][] VOCABULARY = Vocabularies.random(1500, 5);

    @ParameterizedTest
    @ValueSource(strings = {"true", "{}", "{'type':'string'}", "{'type':'string','minLength':2,'maxLength':5}",
            "{'type':'string','maxLength':0}", "{'pattern':'^[a-c\\\"\\\\\\\\é]{2,6}$'}",
            "{'pattern':'a+[^\\\\x{20}-\\\\x{ff}]'}",
            "{'type':'integer'}", "{'type':'number'}", "{'type':['integer','null','boolean']}",
            "{'type':'integer','minimum':-17,'maximum':1234}",
            "{'type':'integer','exclusiveMinimum':8,'exclusiveMaximum':12}",
            "{'type':'integer','minimum':99.5}", "{'type':'integer','maximum':-1e3}",
            "{'type':'number','minimum':0,'maximum':1}",
            "{'type':'number','exclusiveMinimum':-0.25,'exclusiveMaximum':12.5}", "{'type':'number','maximum':-3.125}",
            "{'minimum':2.75,'maximum':2.8}",
            "{'enum':['a','ab','\\\"q\\\"\\n',1,1.50,null,true,{'x':[1,{'y':'z'}]},[]]}",
            "{'const':{'a':[],'b':{}}}", "{'enum':['a',1,null],'type':['string','null']}", "{'type':'array'}",
            "{'items':{'type':'boolean'}}", "{'type':'array','items':{'type':'null'},'minItems':2,'maxItems':4}",
            "{'type':'array','items':{'enum':[1,2]},'minItems':3}",
            "{'prefixItems':[{'const':1},{'const':'b'}],'items':false}",
            "{'prefixItems':[{'const':1}],'items':{'type':'string','maxLength':2},'minItems':2}", "{'type':'object'}",
            "{'additionalProperties':{'type':'integer'}}",
            "{'required':['k'],'additionalProperties':{'type':'integer'}}",
            "{'properties':{'a':{'type':'integer'},'b':{'type':'boolean'},'c':{'type':'null'}}}",
            "{'properties':{'a':{'const':1},'b\\\"':{'const':2},'c':{'const':3}},'required':['b\\\"'],'additionalProperties':false}",
            "{'properties':{'a':false,'b':true}}", "{'anyOf':[{'type':'integer'},{'type':'string','maxLength':3}]}",
            "{'oneOf':[{'properties':{'kind':{'const':'x'},'v':{'type':'integer'}},'required':['kind','v'],'type':'object'},"
                    + "{'properties':{'kind':{'const':'y'},'w':{'type':'null'}},'required':['kind'],'type':'object'}]}",
            "{'oneOf':[{'type':'integer'},{'type':'null'},{'enum':['a','b']},{'const':'c'}]}",
            "{'$defs':{'n':{'type':'object','properties':{'v':{'type':'integer'},'next':{'anyOf':[{'type':'null'},{'$ref':'#/$defs/n'}]}},"
                    + "'required':['v','next'],'additionalProperties':false}},'$ref':'#/$defs/n'}",
            "{'type':'array','items':{'$ref':'#'}}",
            "{'allOf':[{'$ref':'#/$defs/a~1b%20c'}],'$defs':{'a/b c':{'type':'null'}}}",
            "{'title':'t','description':'d','x-any':1,'type':'string','maxLength':4,'uniqueItems':false}",
            "{'type':'integer','minimum':1000000000000000000,'maximum':2000000000000000000}",
            "{'type':'integer','minimum':-99999999999999999999999999,'exclusiveMaximum':-9999999999999999999999999}",
            "{'type':'integer','multipleOf':7,'minimum':-100,'maximum':1000}", "{'multipleOf':0.25,'maximum':3}",
            "{'type':'number','multipleOf':0.01}", "{'type':'integer','multipleOf':10,'allOf':[{'multipleOf':4}]}",
            "{'type':'string','pattern':'^[a-f]+$','maxLength':4}", "{'pattern':'x','minLength':5,'maxLength':9}",
            "{'allOf':[{'pattern':'a'},{'pattern':'é'},{'maxLength':6}]}",
            "{'type':'object','properties':{'a':{'type':'integer'},'b':{'type':'string','maxLength':3}},"
                    + "'anyOf':[{'required':['a']},{'required':['b']}]}",
            "{'type':['string','integer'],'anyOf':[{'maxLength':2},{'minimum':5}]}",
            "{'$ref':'#/$defs/n','minimum':3,'$defs':{'n':{'type':'integer','maximum':9}}}",
            "{'allOf':[{'properties':{'a':{'minimum':1}},'required':['a']},"
                    + "{'properties':{'a':{'type':'integer','maximum':5},'b':{'type':'null'}}},{'type':'object'}]}",
            "{'allOf':[{'$ref':'#/$defs/l'},{'$ref':'#/$defs/m'}],'$defs':{"
                    + "'l':{'type':'object','properties':{'n':{'$ref':'#/$defs/l'},'v':{'type':'integer'}},'required':['v']},"
                    + "'m':{'properties':{'n':{'$ref':'#/$defs/m'},'v':{'minimum':3}}}}}",
            "{'type':'array','items':{'enum':['a','b',1,1.0]},'uniqueItems':true,'minItems':2}",
            "{'type':'array','items':{'enum':[1,2,3,4,5,6,7,8,9]},'uniqueItems':true,'minItems':3,'maxItems':5}",
            "{'type':'array','items':{'enum':[1,2,3,4,5,6,7,8,9]},'uniqueItems':true}",
            "{'items':{'type':'boolean'},'uniqueItems':true,'minItems':1}", "{'uniqueItems':true,'maxItems':1}",
            "{'enum':['a','abc',1,5,{'x':1}],'anyOf':[{'maxLength':2,'type':'string'},{'minimum':3}],'not-known':1}",
            "{'enum':[[1,1],[1,2],[3]],'uniqueItems':true,'items':{'maximum':2}}",
            "{'const':{'a':1},'properties':{'a':{'type':'integer'}},'required':['a']}",
            "{'type':'integer','format':'int32'}",
            "{'type':'integer','allOf':[{'anyOf':[{'minimum':10},{'maximum':-10}]},{'anyOf':[{'multipleOf':2},{'maximum':-99}]}]}",
            "{'type':'object','allOf':[{'$ref':'#/$defs/p'}],'$defs':{'p':{'oneOf':[{'required':['k'],'properties':"
                    + "{'k':{'const':1}}},{'required':['k'],'properties':{'k':{'const':2},'v':{'$ref':'#'}}}]}}}",
            "{'type':'number','multipleOf':2.5,'exclusiveMinimum':-20,'maximum':100}",
            "{'oneOf':[{'required':['k'],'properties':{'k':{'const':1}}},{'required':['k'],'properties':{'k':{'const':2}}}],"
                    + "'type':'object','properties':{'k':true,'z':{'type':'null'}}}"})
    void whateverIsChosenAmongAllowedTokensIsJsonThatSatisfiesTheSchema(String quoted) throws Exception {
        String schema = quoted.replace('\'', '"');
        CompiledConstraint compiled = Constraint.jsonSchema(schema).compile(VOCABULARY);
        SchemaChecker checker = new SchemaChecker(MAPPER.readTree(schema));
        for (int seed = 0; seed < 40; seed++) {
            String text = walk(compiled.newSession(), new Random(seed), 10 + 2 * seed);
            JsonNode value = MAPPER.readTree(text);
            assertTrue(checker.valid(value), () -> text + " does not satisfy " + schema);
        }
    }

    /** Random tokens until the text is complete, or until a coin says so where it may end. Never more than the budget. */
    private static String walk(ConstraintSession session, Random random, int budget) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int left = budget; !session.isComplete(); left--) {
            if (session.mayEnd() && (left <= 0 || random.nextInt(4) == 0)) {
                break;
            }
            TokenMask mask = session.mask(left);
            List<Integer> allowed = new ArrayList<>();
            for (int token = 0; token < VOCABULARY.length; token++) {
                if (mask.allows(token)) {
                    allowed.add(token);
                }
            }
            assertFalse(allowed.isEmpty(), "stuck behind " + bytes);
            int token = allowed.get(random.nextInt(allowed.size()));
            session.accept(token);
            bytes.writeBytes(VOCABULARY[token]);
            // Ten tokens are too few for some schemas: then the shortest end is taken, and that is near.
            assertTrue(left > -200, () -> "no end of " + bytes);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"{'type':'integer'}~-12~-0~012~1.0~--1",
            "{'type':'integer','minimum':5,'maximum':105}~"
                    + "99~4~106~05~5.0",
            "{'type':'number','minimum':0.5,'exclusiveMaximum':2}~1.99~0.49~2~2.0~1e0",
            "{'type':'number','minimum':0.5,'exclusiveMaximum':2}~0.500~0.4999~0~.5~00.6",
            "{'type':'number','exclusiveMinimum':0}~0.0001~0~0.0~-1~-0", "{'type':'number'}~-0.5e-7~+1~1.~1e123~.1",
            "{'type':'string'}~\"\\\"\\\\\\n\"~\"a~\"\\q\"~\"\t\"~'a'",
            "{'pattern':'^a'}~\"ab\"~\"ba\"~\"\"~a~\"A\"", "{'pattern':'b'}~\"abc\"~\"ac\"~\"\"~b~\"B\"",
            "{'pattern':'^a|b$'}~\"xb\"~\"xa\"~\"bx\"~\"\"~\"x\"",
            "{'properties':{'a':true,'b':true}}~{\"a\": 1, \"b\":[]}~{\"b\":1,\"a\":1}~{\"a\":1,}~{\"a\" :1}~{\"c\":1}",
            "{'type':'array'}~[1, 2,3]~[1,  2]~[ 1]~[1,]~[,1]"})
    void acceptsTheOneAndNotTheOthers(String schema, String yes, String no1, String no2, String no3, String no4) {
        Constraint constraint = Constraint.jsonSchema(schema.replace('\'', '"'));
        assertTrue(Vocabularies.matches(constraint, yes), yes);
        for (String no : List.of(no1, no2, no3, no4)) {
            assertFalse(Vocabularies.matches(constraint, no), no);
        }
    }

    @Test
    void wholeNumbersWithinBoundsAreExactlyThose() {
        Random random = new Random(4);
        for (int i = 0; i < 60; i++) {
            int low = random.nextInt(-1200, 1200);
            int high = low + random.nextInt(1500);
            Constraint constraint = Constraint
                    .jsonSchema("{\"type\":\"integer\",\"minimum\":" + low + ",\"maximum\":" + high + "}");
            for (int n = -2800; n < 2800; n += 1 + random.nextInt(3)) {
                assertEquals(low <= n && n <= high, Vocabularies.matches(constraint, String.valueOf(n)),
                        low + " <= " + n + " <= " + high);
            }
        }
    }

    @Test
    void decimalsWithinBoundsAreExactlyThose() {
        Random random = new Random(5);
        for (int i = 0; i < 60; i++) {
            double low = random.nextInt(-300, 300) / 100.0;
            double high = low + (2 + random.nextInt(400)) / 100.0;
            boolean open = i % 2 == 0;
            Constraint constraint = Constraint
                    .jsonSchema("{\"type\":\"number\",\"" + (open ? "exclusiveMinimum" : "minimum")
                            + "\":%.2f,\"".formatted(low) + (open ? "exclusiveMaximum" : "maximum")
                            + "\":%.2f}".formatted(high));
            for (int n = -800; n < 800; n++) {
                String text = BigDecimal.valueOf(n, 2).toPlainString();
                int l = (int) Math.round(low * 100);
                int h = (int) Math.round(high * 100);
                boolean wanted = open ? l < n && n < h : l <= n && n <= h;
                assertEquals(wanted, Vocabularies.matches(constraint, text), low + " " + text + " " + high);
                assertEquals(wanted, Vocabularies.matches(constraint, text + "0"), low + " " + text + "0 " + high);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"{'not':{}}~#~'not'",
            "{'properties':{'a':{'multipleOf':1.23456}}}~#/properties/a~'multipleOf'",
            "{'multipleOf':0}~#~above 0", "{'allOf':[]}~#~'allOf'", "{'uniqueItems':1}~#~'uniqueItems'",
            "{'type':'array','uniqueItems':true}~#~'uniqueItems'", "{'allOf':[{},{'not':{}}]}~#/allOf/1~'not'",
            "{'type':'string','format':'hostname'}~#~the format 'hostname'", "{'if':true}~#~'if'",
            "{'patternProperties':{}}~#~'patternProperties'",
            "{'$ref':'other.json'}~#~'$ref'", "{'type':'string','maxLength':30000,'pattern':'a'}~#~states",
            "{'$ref':'#/$defs/x'}~#~where there is nothing", "{'items':{'$ref':'#/a%zz'}}~#/items~no JSON pointer",
            "{'type':'text'}~#~'type'", "{'type':[]}~#~'type'", "{'enum':[]}~#~'enum'",
            "{'pattern':'(?=a)'}~#/pattern~lookahead",
            "{'minLength':-1}~#~'minLength'",
            "{'maxItems':1.5}~#~'maxItems'", "{'minimum':'1'}~#~'minimum'",
            "{'type':'integer','exclusiveMinimum':true}~#~'exclusiveMinimum'",
            "{'items':[{}]}~#~'prefixItems'", "{'properties':{'p':3}}~#/properties/p~a schema is",
            "{'properties':[]}~#~'properties'",
            "{'required':'a'}~#~'required'", "{'oneOf':[{'type':'integer'},{'type':'number'}]}~#~exclude each other",
            "{'oneOf':[{'properties':{'a':true}},{'properties':{'b':true}}]}~#~exclude each other",
            "{'minimum':0.00000000000000001}~#~behind the point"})
    void refusesByNameAndPlaceWhatItCannotHonour(String quoted, String path, String name) {
        String schema = quoted.replace('\'', '"');
        String message = assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema)).getMessage();
        assertTrue(message.contains("JSON schema at " + path + ": "), message);
        assertTrue(message.contains(name), message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{}{}", "{\"a\":1,\"a\":2}", "nul", "{'a':1}"})
    void refusesWhatIsNotJson(String schema) {
        assertThrows(IllegalArgumentException.class, () -> Constraint.jsonSchema(schema));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "{'enum':[1],'type':'string'}", "{'minLength':3,'maxLength':2}",
            "{'minItems':3,'maxItems':2}",
            "{'type':'integer','minimum':3,'maximum':2}", "{'exclusiveMinimum':1,'maximum':1}",
            "{'type':'integer','minimum':1e300}",
            "{'properties':{'a':false},'required':['a']}", "{'required':['a'],'additionalProperties':false}",
            "{'$ref':'#'}",
            "{'anyOf':[{'$ref':'#'},{'$ref':'#'}]}", "{'properties':{'next':{'$ref':'#'}},'required':['next']}",
            "{'type':'array','items':{'$ref':'#'},'minItems':1}", "{'prefixItems':[true],'items':false,'minItems':2}"})
    void saysThatNoTextSatisfiesTheSchema(String schema) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> Constraint.jsonSchema(schema.replace('\'', '"'))).getMessage();
        assertTrue(message.contains("allows no text"), message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"{'properties':{'a':false},'required':['a']}~#/properties/a",
            "{'items':{'minimum':3,'maximum':1},'minItems':1}~#/items",
            "{'allOf':[{'type':'string'},{'type':'null'}]}~#/allOf/0"})
    void saysWhereTheContradictionIs(String schema, String place) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> Constraint.jsonSchema(schema.replace('\'', '"'))).getMessage();
        assertTrue(message.startsWith("JSON schema at " + place + ": the constraint allows no text"), message);
    }

    @Test
    void keywordsThatNobodyKnowsAreTold() {
        assertEquals(
                List.of("JSON schema at #/properties/a: the keyword 'minimun' is not known, and left out of account"),
                Constraint.jsonSchema("""
                    {"title": "t", "$schema": "s", "x-order": 1,
                     "properties": {"a": {"type": "integer", "minimun": 3}, "b": {"$ref": "#/properties/a"}}}""")
                        .warnings());
    }

    @Test
    void aByteOrderMarkDoesNotCount() {
        assertTrue(Vocabularies.matches(Constraint.jsonSchema("\uFEFF{\"const\":1}"), "1"));
    }

    @Test
    void largeWholeNumbersAreAsExactAsSmallOnes() {
        Constraint ids = Constraint.jsonSchema("{\"type\":\"integer\",\"minimum\":1000000000000000000,"
                + "\"maximum\":2000000000000000000}");
        for (String yes : List.of("1000000000000000000", "1999999999999999999", "2000000000000000000")) {
            assertTrue(Vocabularies.matches(ids, yes), yes);
        }
        for (String no : List.of("999999999999999999", "2000000000000000001", "10000000000000000000", "-1")) {
            assertFalse(Vocabularies.matches(ids, no), no);
        }
        Constraint int64 = Constraint.jsonSchema("{\"type\":\"integer\",\"format\":\"int64\"}");
        assertTrue(Vocabularies.matches(int64, "-9223372036854775808"));
        assertFalse(Vocabularies.matches(int64, "9223372036854775808"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', value = {"{'type':'string','nullable':true}~null~1", "{'multipleOf':0.1}~-0.3~0.35",
            "{'multipleOf':3}~999~1000", "{'multipleOf':2.5}~7.5~5.1", "{'multipleOf':100}~-200~50",
            "{'items':{'enum':[1,2,3]},'uniqueItems':true}~[3,1]~[1,1]",
            "{'pattern':'b','maxLength':2}~\"ab\"~\"abc\"", "{'type':'string','format':'uuid','pattern':'^a'}"
                    + "~\"a23e4567-e89b-12d3-a456-426614174000\"~\"123e4567-e89b-12d3-a456-426614174000\"",
            "{'pattern':'^\\\\x{e9}+$','minLength':2,'maxLength':3}~\"éé\"~\"é\""})
    void combinationsAcceptTheOneAndNotTheOther(String schema, String yes, String no) {
        Constraint constraint = Constraint.jsonSchema(schema.replace('\'', '"'));
        assertTrue(Vocabularies.matches(constraint, yes), yes);
        assertFalse(Vocabularies.matches(constraint, no), no);
    }
}
