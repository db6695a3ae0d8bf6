"""``python -m tastemaker``: the command line, where the command itself is not on the path."""

from tastemaker.cli import main

if __name__ == "__main__":
    main()
