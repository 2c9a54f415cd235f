package io.github.mamba4j.kernels;

/** A program that loads the kernels twice, for {@link KernelChoiceTest} to run in a process of its own. */
final class LoadKernels {
    private LoadKernels() {}

    public static void main(String[] args) {
        for (int i = 0; i < 2; i++) {
            try {
                System.out.println(KernelChoice.fromSystemProperty().load().name());
            } catch (IllegalArgumentException | IllegalStateException e) {
                System.out.println(e);
            }
        }
    }
}
