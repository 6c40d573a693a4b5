"""Preference sets judged by a model: prompts × generators × aspects, rated in two orders, several times each.

In the manner of UltraFeedback (arXiv 2310.01377) and CodeUltraFeedback (arXiv 2403.09032), where a judge reads all
answers to a prompt at once and rates each from 1 to 10. A rating that cannot be read is asked for again and then an
error, never a number. An answer counts as the better one where it is rated higher in both orders (the conservative rule
of arXiv 2306.05685, section 3.4), the verdict of an order being the majority of its votes (arXiv 2203.11171).
"""
