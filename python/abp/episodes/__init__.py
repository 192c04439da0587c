"""One episode: how it is played, what happened in it, its state, and its replay."""
