"""``python -m tailfade``."""

from tailfade.cli import main

if __name__ == "__main__":
    main()
