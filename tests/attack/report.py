"""What a person reads about an attack that found a fault."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from attack.assault import Attack


def told(attack: Attack, faults: Sequence[str]) -> str:
    """Say what is wrong, how to repeat it and where the files are."""
    lines = "\n".join(faults)
    return (
        f"=== {attack.story}\nrepeat: make fuzz START={attack.seed} SEEDS=1\n"
        f"files: {_kept(attack)}\n{lines}\n"
    )


def _kept(attack: Attack) -> Path:
    """Write the files of an attack where a person finds them."""
    folder = Path(tempfile.gettempdir()) / f"wattport-attack-{attack.seed}"
    for name, data in attack.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder
