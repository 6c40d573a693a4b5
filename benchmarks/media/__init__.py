"""Pictures and sounds, equal byte for byte on every machine: whole numbers, and files that we write ourselves."""
