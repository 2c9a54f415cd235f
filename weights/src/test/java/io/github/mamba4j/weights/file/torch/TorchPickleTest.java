package io.github.mamba4j.weights.file.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.StoredType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class TorchPickleTest {
    /** The opcodes that torch.save uses, which alone are known. */
    private static final Set<Integer> KNOWN = Set.of(0x80, (int) 'X', (int) 'J', (int) 'K', (int) 'M', 0x8a, 0x8b,
            (int) 'G',
            (int) 'N', 0x88, 0x89, (int) 'c', (int) '(', (int) ')', (int) 't', 0x85, 0x86, 0x87, (int) '}', (int) ']',
            (int) 'a', (int) 'e', (int) 's',
            (int) 'u', (int) 'b', (int) 'Q', (int) 'R', (int) 'q', (int) 'r', (int) 'h', (int) 'j', (int) '.');

    private static TorchValue read(TorchBytes pickle) throws CheckpointException {
        return new TorchPickle("f.bin", pickle.bytes()).read();
    }

    private static String refusal(TorchBytes pickle) {
        return assertThrows(CheckpointException.class, () -> read(pickle)).getMessage();
    }

    @Test
    void readsIntegersOfEveryWidth() throws CheckpointException {
        TorchBytes pickle = new TorchBytes()
                .op('(', 'J', 0xfe, 0xff, 0xff, 0xff, 'K', 200, 'M', 0x34, 0x12, 0x8a, 0, 0x8a,
                        1, 0xff, 0x8a, 3, 0, 0, 1)
                .integer(Long.MIN_VALUE).op('t', '.');
        var tuple = assertInstanceOf(TorchValue.Tuple.class, read(pickle));
        assertEquals(List.of(-2L, 200L, 0x1234L, 0L, -1L, 0x10000L, Long.MIN_VALUE),
                tuple.items().stream().map(item -> assertInstanceOf(TorchValue.Int.class, item).value()).toList());
    }

    @Test
    void readsAStateDictWithAttributesAndMemory() throws CheckpointException {
        TorchBytes pickle = new TorchBytes().global("collections", "OrderedDict").op('q', 0, ')', 'R', 'q', 1)
                .text("weight").tensor("HalfStorage", "5", 6, 0, new long[]{2, 3}, 3, 1).op('s', 'h', 1, 'r').u32(70000)
                .op('}').text("_metadata").op('h', 0, ')', 'R', 's', 'b', '0');
        assertTrue(refusal(pickle).contains("opcode 0x30 '0'"));
        pickle = new TorchBytes().global("collections", "OrderedDict").op(')', 'R', '(').text("weight")
                .global("torch._utils", "_rebuild_parameter").op('(')
                .tensor("HalfStorage", "5", 6, 1, new long[]{2, 2}, 2, 1).op(0x88, 'N', 't', 'R', 'u', '}')
                .text("_metadata").op('}', 's', 'b', '.');
        var dict = assertInstanceOf(TorchValue.Dict.class, read(pickle));
        assertEquals(Set.of("weight"), dict.items().keySet());
        assertEquals(
                new TorchValue.View(new TorchValue.Storage(StoredType.F16, "5", 6), 1,
                        List.of(2L, 2L), List.of(2L, 1L)),
                dict.items().get("weight"));
    }

    /** {@code {0: 1, None: 2, (): 3, "size": Size((2, 3)), ...}}: what trainings save beside tensors. */
    @Test
    void passesOverPlainValues() throws CheckpointException {
        TorchBytes pickle = new TorchBytes().op('}', '(', 'K', 0, 'K', 1, 'N', 'K', 2, ')', 'K', 3).text("size")
                .global("torch", "Size").integers(2, 3).op(0x85, 'R').text("dtype").global("torch", "bfloat16")
                .text("other").global("torch", "complex128").text("list").op(']', 'q', 0, '(', 'K', 1, '}', 'e')
                .text("again").op('h', 0, 'N', 'a').text("large").op(0x8a, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9).text("larger")
                .op(0x8b).u32(300).op(new int[300]).text("small").op(0x8b).u32(2).op(0, 1).text("text")
                .text("x".repeat(70_000)).text("device").global("torch", "device").text("cpu").op(0x85, 'R')
                .text("set").global("__builtin__", "set").op(']', 0x85, 'R').text("bytes").global("_codecs", "encode")
                .text("ab").text("latin1").op(0x86, 'R', 'u', '.');
        var dict = assertInstanceOf(TorchValue.Dict.class, read(pickle));
        assertEquals("{size=a torch.Size, dtype=torch.bfloat16, other=torch.complex128, list=a list, again=a list,"
                + " large=a large integer, larger=a large integer, small=the integer 256, text=a long string,"
                + " device=a torch.device, set=a __builtin__.set, bytes=a _codecs.encode}", kinds(dict));
    }

    private static String kinds(TorchValue.Dict dict) {
        Map<String, String> kinds = new LinkedHashMap<>();
        dict.items().forEach((name, value) -> kinds.put(name, value.kind()));
        return kinds.toString();
    }

    @Test
    void refusesEveryOtherOpcode() {
        for (int opcode = 0; opcode < 256; opcode++) {
            if (!KNOWN.contains(opcode)) {
                String message = refusal(new TorchBytes().op('}', opcode, '.'));
                assertTrue(message.startsWith(
                        "f.bin: pickle, byte 4: expected an opcode that builds tensors, found opcode 0x%02x"
                                .formatted(opcode)),
                        message);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"os, system", "posix, system", "builtins, eval", "builtins, getattr", "torch, load",
            "torch.storage, _load_from_bytes", "torch._utils, _rebuild_tensor_v4", "torch, float7", "torch, device.x",
            "collections, OrderedDict.update",
            "numpy.core.multiarray, _reconstruct", "'', ''"})
    void refusesEveryOtherClassByName(String module, String name) {
        assertEquals("f.bin: pickle, byte " + (4 + module.length() + name.length() + 1)
                + ": expected names of tensors and storages, found '" + module + "." + name + "', which is refused",
                refusal(new TorchBytes().global(module, name).text("touch /").op(0x85, 'R', '.')));
    }

    static Stream<Arguments> malformed() {
        long[] none = {};
        return Stream.of(pickle("a value on the stack, found none", new TorchBytes().op('.')),
                pickle("a mark on the stack, found none", new TorchBytes().op('t')),
                pickle("a stack that is empty at the end", new TorchBytes().op('}', '}', '.')),
                pickle("a stack that is empty at the end", new TorchBytes().op('(', '}', '.')),
                pickle("a value on the stack, found none", new TorchBytes().op('}', '(', 's')),
                pickle("a value remembered as 3", new TorchBytes().op('h', 3)),
                pickle("protocol 2, found protocol 4", new TorchBytes().op(0x80, 4)),
                pickle("keys and values", new TorchBytes().op('}', '(').text("a").op('u')),
                pickle("a key that is a string or a number, found a dictionary",
                        new TorchBytes().op('}', '}', 'K', 2, 's')),
                pickle("a list, found a dictionary", new TorchBytes().op('}', 'K', 1, 'a')),
                pickle("a list, found None", new TorchBytes().op('N', '(', 'K', 1, 'e')),
                pickle("a value on the stack, found none", new TorchBytes().op(']', 'a')),
                pickle("a mark on the stack, found none", new TorchBytes().op(']', 'e')),
                pickle("a type of safetensors, found torch.complex128",
                        new TorchBytes().tensorOfType("complex128", "0", 16, new long[]{1}, 1)),
                pickle("a storage of whole numbers of U16, found 15 bytes",
                        new TorchBytes().tensorOfType("uint16", "0", 15, new long[]{1}, 1)),
                pickle("found torch._utils._rebuild_tensor_v3 with 1 others",
                        new TorchBytes().global("torch._utils", "_rebuild_tensor_v3").op('N', 0x85, 'R')),
                pickle("a dictionary, found a tuple of 0", new TorchBytes().op(')').text("a").op('K', 2, 's')),
                pickle("found 'a' twice", new TorchBytes().op('}').text("a").op('N', 's').text("a").op('N', 's')),
                pickle("arguments, found None", new TorchBytes().global("collections", "OrderedDict").op('N', 'R')),
                pickle("found the string 'f' with 0 others", new TorchBytes().text("f").op(')', 'R')),
                pickle("found torch.FloatStorage with 0 others",
                        new TorchBytes().global("torch", "FloatStorage").op(')', 'R')),
                pickle("collections.OrderedDict with 1 others",
                        new TorchBytes().global("collections", "OrderedDict").op('N', 0x85, 'R')),
                pickle("a storage, found a tuple of 0", new TorchBytes().op(')', 'Q')),
                pickle("a storage, found a tuple of 5", new TorchBytes().storage("FloatStorage", "0", -1)),
                pickle("attributes, found None", new TorchBytes().op('}', 'N', 'b')),
                pickle("an object with attributes, found None", new TorchBytes().op('N', '}', 'b')),
                pickle("at most 16 sizes", new TorchBytes().tensor("FloatStorage", "0", 1, 0, new long[17], none)),
                pickle("255 more bytes, found 0", new TorchBytes().op(0x8a, 255)),
                pickle("4294967295 more bytes, found 0", new TorchBytes().op(0x8b).u32(-1)),
                pickle("4294967295 more bytes, found 0", new TorchBytes().op('X').u32(-1)),
                pickle("60000 more bytes, found 0 (it is truncated)", new TorchBytes().op('X').u32(60000)),
                pickle("expected UTF-8", new TorchBytes().op('X').u32(1).op(0xff)),
                pickle("a name of at most 65536 bytes", new TorchBytes().op('c').op(new int[70_000])),
                pickle("1 more bytes, found 0 (it is truncated)", new TorchBytes().op('c', 'o', 's')),
                pickle("8 more bytes", new TorchBytes().op('G', 1)));
    }

    private static Arguments pickle(String message, TorchBytes pickle) {
        return Arguments.of(message, pickle);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void refusesAMalformedPickle(String message, TorchBytes pickle) {
        String found = refusal(pickle);
        assertTrue(found.startsWith("f.bin: pickle, byte ") && found.contains(message), found);
    }

    @Test
    void refusesBombs() {
        int[] many = new int[(1 << 20) + 1];
        java.util.Arrays.fill(many, '}');
        assertTrue(refusal(new TorchBytes().op(many)).contains("at most 1048576 values"));
        java.util.Arrays.fill(many, '(');
        assertTrue(refusal(new TorchBytes().op(many)).contains("at most 1048576 marks"));
        TorchBytes memo = new TorchBytes().op('}');
        for (int i = 0; i <= 1 << 20; i++) {
            memo.op('r').u32(i);
        }
        assertTrue(refusal(memo).contains("at most 1048576 values to remember"));
    }

    @Test
    void sharesWhatDoublesAndHoldsItself() throws CheckpointException {
        // Each tuple holds the one before it three times: 3^1000 leaves, if somebody walked through them.
        TorchBytes doubling = new TorchBytes().op(')');
        for (int i = 0; i < 1000; i++) {
            doubling.op('q', 0, 'h', 0, 'h', 0, 0x87);
        }
        assertEquals("a tuple of 3", read(doubling.op('.')).kind());
        TorchBytes recursive = new TorchBytes().op('}', 'q', 0).text("self").op('h', 0, 's', '.');
        var dict = assertInstanceOf(TorchValue.Dict.class, read(recursive));
        assertEquals(dict, dict.items().get("self"));
    }
}
