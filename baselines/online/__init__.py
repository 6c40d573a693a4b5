"""Online algorithms, which make behaviour policies; one file each."""
