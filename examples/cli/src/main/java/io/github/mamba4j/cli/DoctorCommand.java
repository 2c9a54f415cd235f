package io.github.mamba4j.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "doctor", description = "Says what this machine offers and what would make it faster.")
final class DoctorCommand implements Callable<Integer> {
    private final Io io;

    DoctorCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        io.println(System.getProperty("java.vm.name"));
        return 0;
    }
}
