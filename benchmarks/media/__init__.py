"""Pictures and sounds that are equal byte for byte on every machine: whole numbers, and files that we write ourselves."""
