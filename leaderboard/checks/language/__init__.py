"""The structural checks of runs of ready models."""
