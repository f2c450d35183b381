"""``python -m wattport`` is the ``wattport`` command."""

from wattport.cli import main

if __name__ == "__main__":
    main()
