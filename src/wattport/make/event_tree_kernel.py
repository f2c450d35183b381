"""
The event list: a tournament over a fixed set of slots.

Each thing that can have one pending event owns a slot. Changing a slot replays
only its matches on the way to the root, without a branch, which for the tens
of slots of a plant beats a heap. Equal times go to the lower slot, so that the
order of events never depends on history.

References
----------
D. E. Knuth, "The Art of Computer Programming", vol. 3, 2nd ed., 1998,
section 5.4.1 (tree of losers, tree of winners).
"""

from __future__ import annotations

import numpy as np

from wattport.make.compiled import borrowing, merged
from wattport.make.network import Records


@merged
def set_slot(slots: Records, slot: int, time_h: float) -> None:
    """
    Give a slot its next event.

    Parameters
    ----------
    slots : structured ndarray, shape (node,)
        Of `wattport.make.network.SLOT`, from `start_slots`: the root at 1, the
        slots themselves in the upper half.
    slot : int
        The slot to change.
    time_h : float
        Its next event; infinite for none. [h]

    Examples
    --------
    >>> from wattport.make.network import SLOT
    >>> slots = np.zeros(8, SLOT).view(np.recarray)
    >>> start_slots(slots)
    >>> set_slot(slots, 2, 5.0)
    >>> set_slot(slots, 3, 5.0)
    >>> float(slots[1].time_h), int(slots[1].winner)
    (5.0, 2)
    """
    node = (slots.shape[0] >> 1) + slot
    winner = slot
    slots[node].time_h = time_h
    while node > 1:
        other = slots[node ^ 1]
        is_beaten = other.time_h < time_h or (other.time_h == time_h and node & 1 == 1)
        time_h = other.time_h if is_beaten else time_h
        winner = other.winner if is_beaten else winner
        node >>= 1
        slots[node].time_h = time_h
        slots[node].winner = winner


@borrowing
def start_slots(slots: Records) -> None:
    """Empty every slot and play every match; see `set_slot`."""
    half = slots.shape[0] >> 1
    for slot in range(half):
        slots[half + slot].time_h = np.inf
        slots[half + slot].winner = slot
    for node in range(half - 1, 0, -1):
        slots[node].time_h = np.inf
        slots[node].winner = slots[2 * node].winner
