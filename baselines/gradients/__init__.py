"""Derivatives of losses by hand: a second way to the same numbers, which a test compares with the first."""
