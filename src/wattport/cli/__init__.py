"""The command line: parse, call, show."""

from wattport.cli.entry import main

__all__ = ["main"]
