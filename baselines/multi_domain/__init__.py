"""Algorithms that learn one network from datasets of many tasks and domains, and go on from task to task.

They read `gnomon.datasets.multi_domain`, train on the processor, and give a policy for each task. They are no entries
of the registry, whose algorithms learn from one dataset.
"""
