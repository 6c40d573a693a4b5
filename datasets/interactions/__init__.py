"""Logs of interactions: one row an episode, of scripts of several qualities, as Parquet and as JSON lines.

For offline learning from conversations and clicks (DigiRL, arXiv 2406.11896, learns from such logs): a row has every
page and action, the reward and event of every turn, the return, and how the episode ended. They are no Minari datasets:
a character in an array costs four bytes and a page its full width, so text is kept as text.
"""
