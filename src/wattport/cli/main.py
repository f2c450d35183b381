"""The entry point of the ``wattport`` command."""


def main() -> None:
    """Run the command line."""
    raise SystemExit(2)
