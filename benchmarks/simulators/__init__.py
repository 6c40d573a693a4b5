"""The simulators that are gnomon's own, one file each; none imports a task."""
