"""Writing benchmarks: what people do with them, and the claims under which workers play their parts."""
