"""The command line: parse, call, show."""

from wattport.cli.main import main

__all__ = ["main"]
