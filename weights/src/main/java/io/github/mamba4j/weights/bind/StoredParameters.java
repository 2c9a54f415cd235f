package io.github.mamba4j.weights.bind;

import io.github.mamba4j.kernels.DType;
import io.github.mamba4j.kernels.Matrix;
import io.github.mamba4j.weights.CheckpointException;
import io.github.mamba4j.weights.bind.Source.Gather;
import io.github.mamba4j.weights.bind.Source.Slab;
import io.github.mamba4j.weights.bind.Source.Slice;
import io.github.mamba4j.weights.bind.Source.Whole;
import io.github.mamba4j.weights.file.StoredType;
import io.github.mamba4j.weights.file.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters among the tensors of a checkpoint: matrices in place where their format and the naming allow it, small
 * ones widened. Each is checked for the shape that is asked for, sizes of 1 aside: layouts differ in them. Small ones are
 * checked for values that are not finite, which would make all results NaN.
 */
public final class StoredParameters implements Parameters {
    /** What training frameworks put before all names. */
    private static final List<String> WRAPPERS = List.of("", "module.", "_orig_mod.", "module._orig_mod.",
            "_orig_mod.module.", "model.");
    private static final Set<StoredType> FLOATS = EnumSet.of(StoredType.F32, StoredType.F16, StoredType.BF16,
            StoredType.F64);
    private static final String EMBEDDING = "embedding.weight";
    private static final System.Logger LOG = System.getLogger(StoredParameters.class.getName());

    private final String location;
    private final Map<String, Tensor> tensors;
    private final Naming naming;
    private final Optional<DType> convertTo;
    private final Arena arena;
    private final String wrapper;
    private final Set<String> unused;
    private final long maxHeapBytes;
    private long heapBytes;

    /**
     * Parameters in files.
     *
     * @param location the checkpoint, for messages
     * @param tensors what it holds
     * @param naming how it names what is asked for
     * @param convertTo the format that all matrices get; empty leaves them in place
     * @param arena where converted matrices live
     */
    public StoredParameters(String location, Map<String, Tensor> tensors, Naming naming, Optional<DType> convertTo,
            Arena arena) {
        this(location, tensors, naming, convertTo, arena, Runtime.getRuntime().maxMemory() / 4 * 3);
    }

    /** Parameters in files, whose vectors may take so much of the heap. */
    StoredParameters(String location, Map<String, Tensor> tensors, Naming naming, Optional<DType> convertTo,
            Arena arena, long maxHeapBytes) {
        this.maxHeapBytes = maxHeapBytes;
        this.location = location;
        this.tensors = tensors;
        this.naming = naming;
        this.convertTo = convertTo;
        this.arena = arena;
        this.unused = new LinkedHashSet<>(tensors.keySet());
        this.wrapper = wrapper(tensors, naming);
    }

    /** What comes before the name of the embedding, the likeliest name first: the last ones may be of other parameters. */
    private static String wrapper(Map<String, Tensor> tensors, Naming naming) {
        for (Source source : naming.sources(EMBEDDING)) {
            for (String before : WRAPPERS) {
                if (tensors.containsKey(before + source.tensor())) {
                    return before;
                }
            }
        }
        return "";
    }

    /** A tensor by its stored name. What wraps the layers need not wrap the head. */
    private Tensor find(Source source) {
        Tensor wrapped = tensors.get(wrapper + source.tensor());
        return wrapped != null ? wrapped : tensors.get(source.tensor());
    }

    /**
     * The stored tensor that a parameter is, or is a part of.
     *
     * @param canonical the parameter's name
     * @return the tensor, if there is one
     */
    public Optional<Tensor> stored(String canonical) {
        return naming.sources(canonical).stream().map(this::find).filter(Objects::nonNull).findFirst();
    }

    /**
     * Says that a parameter is not needed though it may be stored, so that nobody is warned of it.
     *
     * @param canonical the parameter's name
     */
    public void leaveOut(String canonical) {
        stored(canonical).ifPresent(tensor -> unused.remove(tensor.name()));
    }

    @Override
    public Matrix matrix(String name, int rows, int cols, Role role) throws CheckpointException {
        Tensor tensor = find(name, rows, cols);
        // The kernels do not multiply by F64, which is stored by mistake more than by need.
        DType held = tensor.type().dtype().filter(DType::isMatrixFormat).orElse(DType.F32);
        try {
            return Conversion.convert(tensor, role.converts() ? convertTo.orElse(held) : held, arena);
        } catch (ArithmeticException e) {
            throw tooLarge(tensor, e);
        }
    }

    @Override
    public float[] vector(String name, Fill fill, int... shape) throws CheckpointException {
        Source source = source(name, shape);
        Tensor tensor = find(name, source, shape);
        takeHeap(tensor);
        try {
            return requireFinite(tensor, changed(tensor.toFloats(), source.values()));
        } catch (ArithmeticException e) {
            throw tooLarge(tensor, e);
        }
    }

    /** A file with holes is small and can ask for any amount of memory: better told than to run out of it. */
    private void takeHeap(Tensor tensor) throws CheckpointException {
        heapBytes += tensor.elementCount() * Float.BYTES;
        if (heapBytes > maxHeapBytes) {
            throw new CheckpointException(
                    location + ": tensor '" + tensor.name() + "': the vectors up to this one take "
                            + (heapBytes >> 20) + " MB, expected at most " + (maxHeapBytes >> 20)
                            + " MB, three quarters of the heap (the JVM's option -Xmx changes it)");
        }
    }

    private float[] requireFinite(Tensor tensor, float[] values) throws CheckpointException {
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new CheckpointException(
                        location + ": tensor '" + tensor.name() + "': expected finite values, found "
                                + found(tensor.toFloats()[i], values[i]) + " at index " + i);
            }
        }
        return values;
    }

    private static String found(float stored, float value) {
        return Float.isFinite(stored) ? stored + ", which becomes " + value : Float.toString(stored);
    }

    private static float[] changed(float[] values, Source.Values change) {
        switch (change) {
            case SAME -> {
            }
            case NEGATIVE_EXP -> {
                for (int i = 0; i < values.length; i++) {
                    // StrictMath and one rounding: the same parameters on every machine.
                    values[i] = (float) -StrictMath.exp(values[i]);
                }
            }
            case PLUS_ONE -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] += 1;
                }
            }
        }
        return values;
    }

    /** Tells of tensors that nothing asked for. */
    public void warnOfUnused() {
        unused.removeIf(name -> naming.ignores(name.substring(name.startsWith(wrapper) ? wrapper.length() : 0)));
        if (!unused.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING,
                    "{0}: {1} tensors are not part of a model of this configuration and are not used, such as ''{2}''",
                    CheckpointException.oneLine(location), unused.size(),
                    CheckpointException.oneLine(unused.iterator().next()));
        }
    }

    private CheckpointException tooLarge(Tensor tensor, ArithmeticException e) {
        return new CheckpointException(location + ": tensor '" + tensor.name() + "': " + e.getMessage(), e);
    }

    private Tensor find(String name, int... shape) throws CheckpointException {
        return find(name, source(name, shape), shape);
    }

    private Source source(String name, int... shape) throws CheckpointException {
        List<Source> sources = naming.sources(name);
        for (Source source : sources) {
            if (find(source) != null) {
                return source;
            }
        }
        throw new CheckpointException(location + ": tensor '" + wrapper + sources.getFirst().tensor()
                + "' is missing; expected shape " + Arrays.toString(shape));
    }

    private Tensor find(String name, Source source, int... shape) throws CheckpointException {
        Tensor tensor = find(source);
        unused.remove(tensor.name());
        int[] stored = storedShape(source.cut(), shape);
        String what = location + ": tensor '" + tensor.name() + "': expected ";
        if (!sameSizes(tensor.shape(), stored)) {
            throw new CheckpointException(what + "shape " + Arrays.toString(stored) + ", found " + tensor.shape());
        }
        if (!FLOATS.contains(tensor.type())) {
            throw new CheckpointException(what + "F32, F16, BF16 or F64, found " + tensor.type());
        }
        return cut(tensor, source.cut(), shape);
    }

    /** The shape of the tensor that holds a parameter of this shape. */
    private static int[] storedShape(Source.Cut cut, int[] shape) {
        int[] stored = shape.clone();
        switch (cut) {
            case Whole() -> {
            }
            case Slice(int from, int of) -> stored[0] = of;
            case Gather(int[] rows, int of) -> stored[0] = of;
            case Slab(int index, int count, int from, int of) -> {
                stored = new int[shape.length + 1];
                System.arraycopy(shape, 0, stored, 1, shape.length);
                stored[0] = count;
                stored[1] = of;
            }
        }
        return stored;
    }

    private static boolean sameSizes(List<Long> found, int[] expected) {
        long[] a = found.stream().mapToLong(Long::longValue).filter(size -> size != 1).toArray();
        long[] b = Arrays.stream(expected).asLongStream().filter(size -> size != 1).toArray();
        return Arrays.equals(a, b);
    }

    /** The rows that are the parameter, with the shape that was asked for. */
    private Tensor cut(Tensor tensor, Source.Cut cut, int[] shape) {
        List<Long> sizes = Arrays.stream(shape).mapToObj(size -> (long) size).toList();
        long bytes = tensor.type().byteSize(sizes);
        long row = bytes / shape[0];
        MemorySegment data = switch (cut) {
            case Whole() -> tensor.data();
            case Slice(int from, int of) -> tensor.data().asSlice(from * row, bytes);
            case Slab(int index, int count, int from, int of) ->
                tensor.data().asSlice(((long) index * of + from) * row, bytes);
            case Gather(int[] rows, int of) -> gather(tensor.data(), rows, row);
        };
        return new Tensor(tensor.name(), tensor.type(), sizes, data);
    }

    private MemorySegment gather(MemorySegment data, int[] rows, long row) {
        MemorySegment copy = Conversion.allocate(arena, rows.length * row);
        for (int r = 0; r < rows.length; r++) {
            MemorySegment.copy(data, rows[r] * row, copy, r * row, row);
        }
        return copy;
    }
}
