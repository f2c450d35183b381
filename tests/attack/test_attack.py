"""
A thousand damaged inputs, each judged by what must hold for it.

``make fuzz SEEDS=10000`` carries out more of them, with limits of time and memory.
"""

from __future__ import annotations

import pytest

from attack.assault import attack_of
from attack.judge import faults
from attack.report import told

N_SEEDS, N_IN_ONE = 1000, 20


@pytest.mark.parametrize("start", range(0, N_SEEDS, N_IN_ONE))
def test_every_input_is_answered_in_words_and_nothing_is_lost(start: int) -> None:
    faulty = [
        told(attack, found)
        for attack in map(attack_of, range(start, start + N_IN_ONE))
        if (found := faults(attack))
    ]
    assert not faulty, "\n".join(faulty)
