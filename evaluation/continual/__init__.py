"""Learning tasks one after the other: what is evaluated when, and what was kept, forgotten and gained by it."""
