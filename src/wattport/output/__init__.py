"""
Everything that is written: whole or not at all, and never over what is not ours.

A result is written under a hidden name beside its place, locked by the run that writes it, and
takes its place at the end in one step. A folder is ours if its manifest lists, with its hash,
everything in it; a page is ours if it ends with a hash of itself.
"""

from wattport.output.file import is_stamped, new_file, stamped
from wattport.output.folder import new_folder, refuse_folder
from wattport.output.manifest import MANIFEST
from wattport.output.table import copy_table

__all__ = [
    "MANIFEST", "copy_table", "is_stamped", "new_file", "new_folder", "refuse_folder", "stamped",
]  # fmt: skip
