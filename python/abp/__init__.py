"""Asteroid Belt Prospector."""
