"""`python -m gnomon` and the console script `gnomon`."""

from gnomon.cli import main

if __name__ == "__main__":
    main()
