"""What the operating system gives: locks, files, child processes, and the embedded broker."""
