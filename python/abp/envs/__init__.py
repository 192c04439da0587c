"""Gymnasium and PufferLib environments: one ship, many ships, and what restarts their episodes."""
