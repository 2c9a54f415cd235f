package io.github.mamba4j.weights.file.torch;

import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.torch.TorchValue.Dict;
import io.github.mamba4j.weights.file.torch.TorchValue.Global;
import io.github.mamba4j.weights.file.torch.TorchValue.Int;
import io.github.mamba4j.weights.file.torch.TorchValue.NumberType;
import io.github.mamba4j.weights.file.torch.TorchValue.Other;
import io.github.mamba4j.weights.file.torch.TorchValue.Storage;
import io.github.mamba4j.weights.file.torch.TorchValue.Text;
import io.github.mamba4j.weights.file.torch.TorchValue.Tuple;
import io.github.mamba4j.weights.file.torch.TorchValue.View;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the pickle of a state dict, as torch.save writes it (protocol 2). A pickle is a program for a stack machine
 * that in Python may call anything; this machine knows the opcodes that build tensors and plain values, names nothing
 * but {@link Global} and types of numbers, calls nothing, and refuses the rest by name. The numbers of values, marks and
 * memorised values, and the lengths of names are bounded.
 *
 * <p>For one use by one thread.
 */
final class TorchPickle {
    private static final int MAX_VALUES = 1 << 20;
    private static final int MAX_MEMO = 1 << 20;
    private static final int MAX_RANK = 16;
    /** What may be called without anything depending on the result. */
    private static final Set<Global> PLAIN = EnumSet.of(Global.SIZE, Global.DEVICE, Global.SET, Global.BUILTIN_SET,
            Global.ENCODE);

    private final String location;
    private final PickleBytes in;
    /** The items above each open mark, the innermost last; the first list is the bottom of the stack. */
    private final List<List<TorchValue>> frames = new ArrayList<>(List.of(new ArrayList<>()));
    private final Map<Long, TorchValue> memo = new HashMap<>();
    private int pushed;

    /**
     * A reader.
     *
     * @param location the file, for messages
     * @param pickle the whole pickle
     */
    TorchPickle(String location, byte[] pickle) {
        this.location = location;
        this.in = new PickleBytes(location, pickle);
    }

    /** Runs the program and returns what it leaves. */
    TorchValue read() throws CheckpointException {
        while (true) {
            int opcode = in.u8();
            if (opcode == '.') {
                TorchValue result = pop();
                if (frames.size() != 1 || !frames.getFirst().isEmpty()) {
                    throw malformed("a stack that is empty at the end", "values on it");
                }
                return result;
            }
            if (!pushConstant(opcode) && !build(opcode) && !remember(opcode)) {
                throw malformed("an opcode that builds tensors", "opcode " + PickleBytes.show(opcode));
            }
        }
    }

    private boolean pushConstant(int opcode) throws CheckpointException {
        switch (opcode) {
            case 0x80 -> readProtocol();
            case 'X' -> push(text(in.u32()));
            case 'J' -> push(new Int((int) in.u32()));
            case 'K' -> push(new Int(in.u8()));
            case 'M' -> push(new Int(in.u16()));
            case 0x8a -> push(integer(in.u8()));
            case 0x8b -> push(integer(in.u32()));
            case 'G' -> {
                in.skip(8);
                push(new Other("a float"));
            }
            case 'N' -> push(new Other("None"));
            case 0x88 -> push(new Other("True"));
            case 0x89 -> push(new Other("False"));
            case 'c' -> push(global(in.line() + "." + in.line()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean build(int opcode) throws CheckpointException {
        switch (opcode) {
            case '(' -> openMark();
            case ')' -> push(new Tuple(List.of()));
            case 't' -> push(new Tuple(List.copyOf(closeMark())));
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case '}' -> push(new Dict());
            case ']' -> push(Other.LIST);
            case 'a' -> {
                pop();
                requireList();
            }
            case 'e' -> {
                closeMark();
                requireList();
            }
            case 's' -> {
                TorchValue value = pop();
                put(pop(), value);
            }
            case 'u' -> {
                List<TorchValue> items = closeMark();
                if (items.size() % 2 != 0) {
                    throw malformed("keys and values", items.size() + " values");
                }
                for (int i = 0; i < items.size(); i += 2) {
                    put(items.get(i), items.get(i + 1));
                }
            }
            case 'b' -> {
                // The attributes of a state dict: version numbers of the modules that wrote it.
                require(Dict.class, pop(), "attributes");
                require(Dict.class, top(), "an object with attributes");
            }
            case 'Q' -> push(storage(pop()));
            case 'R' -> {
                Tuple arguments = require(Tuple.class, pop(), "arguments");
                push(call(pop(), arguments.items()));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean remember(int opcode) throws CheckpointException {
        switch (opcode) {
            case 'q' -> memorize(in.u8());
            case 'r' -> memorize(in.u32());
            case 'h' -> push(recall(in.u8()));
            case 'j' -> push(recall(in.u32()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void readProtocol() throws CheckpointException {
        int protocol = in.u8();
        if (protocol != 2) {
            throw malformed("protocol 2", "protocol " + protocol);
        }
    }

    /** A string. What is too long for a name is something that nobody needs. */
    private TorchValue text(long length) throws CheckpointException {
        if (length <= PickleBytes.MAX_STRING) {
            return new Text(in.string((int) length));
        }
        in.skip(length);
        return new Other("a long string");
    }

    private TorchValue integer(long length) throws CheckpointException {
        if (length <= Long.BYTES) {
            return new Int(in.signed((int) length));
        }
        in.skip(length);
        return new Other("a large integer");
    }

    private void requireList() throws CheckpointException {
        if (top() != Other.LIST) {
            throw malformed("a list", top().kind());
        }
    }

    private TorchValue global(String name) throws CheckpointException {
        for (Global known : Global.values()) {
            if (known.qualifiedName().equals(name)) {
                return known;
            }
        }
        Optional<NumberType> type = NumberType.find(name);
        if (type.isPresent()) {
            return type.get();
        }
        throw malformed("names of tensors and storages", "'" + name + "', which is refused");
    }

    /** {@code ('storage', class, key, device, elements)}: the one thing that torch.save keeps outside the pickle. */
    private Storage storage(TorchValue id) throws CheckpointException {
        if (id instanceof Tuple(List<TorchValue> items) && items.size() == 5
                && items.get(0) instanceof Text(String tag) && tag.equals("storage")
                && items.get(1) instanceof Global type && type.storageType() != null
                && items.get(2) instanceof Text(String key)
                && items.get(4) instanceof Int(long elements) && elements >= 0) {
            return new Storage(type.storageType(), key, elements);
        }
        throw malformed("a storage", id.kind());
    }

    /** What the functions that may be named would return. */
    private TorchValue call(TorchValue function, List<TorchValue> arguments) throws CheckpointException {
        if (function == Global.ORDERED_DICT && arguments.isEmpty()) {
            return new Dict();
        }
        if (function == Global.REBUILD_TENSOR && arguments.size() >= 4 && arguments.get(0) instanceof Storage storage
                && arguments.get(1) instanceof Int(long offset)) {
            return view(storage, storage.type(), offset, arguments);
        }
        if (function == Global.REBUILD_TENSOR_OF_TYPE && arguments.size() >= 7
                && arguments.get(0) instanceof Storage storage && arguments.get(1) instanceof Int(long offset)
                && arguments.get(6) instanceof NumberType(String name, Optional<StoredType> type)) {
            return view(storage, type.orElseThrow(() -> malformed("a type of safetensors", name)), offset, arguments);
        }
        if (function == Global.REBUILD_PARAMETER && !arguments.isEmpty() && arguments.get(0) instanceof View view) {
            return view;
        }
        if (function instanceof Global global && PLAIN.contains(global)) {
            return new Other("a " + global.qualifiedName());
        }
        throw malformed("the arguments of a tensor or an empty OrderedDict",
                function.kind() + " with " + arguments.size() + " others");
    }

    private View view(Storage storage, StoredType type, long offset, List<TorchValue> arguments)
            throws CheckpointException {
        int before = storage.type().bits();
        int bits = type.bits();
        // A storage without a type counts bytes.
        long elements = before == bits ? storage.elements() : storage.elements() / (bits / before);
        if (bits % before != 0 || elements * (bits / before) != storage.elements()) {
            throw malformed("a storage of whole numbers of " + type, storage.elements() + " bytes");
        }
        return new View(new Storage(type, storage.key(), elements), offset, sizes(arguments.get(2)),
                sizes(arguments.get(3)));
    }

    private List<Long> sizes(TorchValue value) throws CheckpointException {
        List<TorchValue> items = require(Tuple.class, value, "sizes").items();
        if (items.size() > MAX_RANK) {
            throw malformed("at most " + MAX_RANK + " sizes", items.size() + "");
        }
        List<Long> sizes = new ArrayList<>();
        for (TorchValue item : items) {
            sizes.add(require(Int.class, item, "a size").value());
        }
        return sizes;
    }

    private void put(TorchValue key, TorchValue value) throws CheckpointException {
        Dict dict = require(Dict.class, top(), "a dictionary");
        switch (key) {
            case Text(String name) -> {
                if (dict.items().put(name, value) != null) {
                    throw malformed("a key once", "'" + name + "' twice");
                }
            }
            case Int _,Other _,Tuple _ -> {
                // An epoch or an index of an optimiser: no tensor of a model has such a name.
            }
            default -> throw malformed("a key that is a string or a number", key.kind());
        }
    }

    private Tuple tuple(int size) throws CheckpointException {
        TorchValue[] items = new TorchValue[size];
        for (int i = size - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return new Tuple(List.of(items));
    }

    private void push(TorchValue value) throws CheckpointException {
        // Counts all values, not those on the stack: tuples can keep what is no longer there.
        if (pushed++ == MAX_VALUES) {
            throw malformed("at most " + MAX_VALUES + " values", "more");
        }
        frames.getLast().add(value);
    }

    private TorchValue pop() throws CheckpointException {
        TorchValue value = top();
        frames.getLast().removeLast();
        return value;
    }

    private TorchValue top() throws CheckpointException {
        if (frames.getLast().isEmpty()) {
            throw malformed("a value on the stack", "none");
        }
        return frames.getLast().getLast();
    }

    private void openMark() throws CheckpointException {
        if (frames.size() == MAX_VALUES) {
            throw malformed("at most " + MAX_VALUES + " marks", "more");
        }
        frames.add(new ArrayList<>());
    }

    private List<TorchValue> closeMark() throws CheckpointException {
        if (frames.size() == 1) {
            throw malformed("a mark on the stack", "none");
        }
        return frames.removeLast();
    }

    private void memorize(long index) throws CheckpointException {
        if (memo.size() == MAX_MEMO) {
            throw malformed("at most " + MAX_MEMO + " values to remember", "more");
        }
        memo.put(index, top());
    }

    private TorchValue recall(long index) throws CheckpointException {
        TorchValue value = memo.get(index);
        if (value == null) {
            throw malformed("a value remembered as " + index, "none");
        }
        return value;
    }

    private <T extends TorchValue> T require(Class<T> type, TorchValue value, String expected)
            throws CheckpointException {
        if (!type.isInstance(value)) {
            throw malformed(expected, value.kind());
        }
        return type.cast(value);
    }

    private CheckpointException malformed(String expected, String found) {
        return new CheckpointException(
                location + ": pickle, byte " + in.position() + ": expected " + expected + ", found " + found);
    }
}
