"""A training run from outside the trainer: its config, its directory, its events. Needs no torch."""
