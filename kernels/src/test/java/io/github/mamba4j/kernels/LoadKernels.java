package io.github.mamba4j.kernels;

/** A program that loads the kernels and multiplies, twice, for {@link KernelChoiceTest} to run in a process of its own. */
final class LoadKernels {
    private LoadKernels() {}

    public static void main(String[] args) {
        for (int i = 0; i < 2; i++) {
            try {
                Kernels kernels = KernelChoice.fromSystemProperty().load();
                System.out.println(multiply(kernels) == 12 ? kernels.name() : "wrong");
            } catch (IllegalArgumentException | IllegalStateException e) {
                System.out.println(e);
            }
        }
    }

    /** 1 * 2 + 2 * 5. */
    private static float multiply(Kernels kernels) {
        var weights = Matrix.of(new float[]{2, 5}, 1, 2);
        Activations y = Activations.allocate(1, 1);
        kernels.linear().matmul(weights, 0, 1, new Activations(new float[]{1, 2}, 1, 2), 0, y, 0, 0, 1, new Scratch());
        return y.data()[0];
    }
}
