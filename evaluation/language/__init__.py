"""Metrics of language models: of several samples an item, with the item as the unit."""
