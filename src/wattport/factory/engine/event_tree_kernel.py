"""
The event list: a tournament over a fixed set of slots.

Each thing that can have one pending event owns a slot. Changing a slot replays
only its matches on the way to the root. The matches compare the bits of the
times, which order as the times do and, unlike these, without a branch the
processor would guess wrong. For the tens of slots of a plant this beats a heap.
Equal times go to the lower slot, so that the order of events never depends on
history.

References
----------
D. E. Knuth, "The Art of Computer Programming", vol. 3, 2nd ed., 1998,
section 5.4.1 (tree of losers, tree of winners).
"""

from __future__ import annotations

import numpy as np

from wattport.arrays import Records
from wattport.factory.engine.compiled import borrowing, merged


@merged
def set_slot(slots: Records, slot: int, time_h: float) -> None:
    """
    Give a slot its next event.

    Parameters
    ----------
    slots : structured ndarray, shape (node,)
        Of `wattport.factory.engine.line_records.SLOT`, from `start_slots`: the times of the slots
        in the lower half, the winners of the matches everywhere, the root at 1.
    slot : int
        The slot to change.
    time_h : float
        Its next event; infinite for none. [h, >= 0]

    Examples
    --------
    >>> from wattport.factory.engine.line_records import SLOT
    >>> slots = np.zeros(8, SLOT).view(np.recarray)
    >>> start_slots(slots)
    >>> set_slot(slots, 2, 5.0)
    >>> set_slot(slots, 3, 5.0)
    >>> next_slot(slots), slot_time_h(slots, 2), slot_time_h(slots, 0)
    (2, 5.0, inf)
    """
    node = (slots.shape[0] >> 1) + slot
    winner = slot
    time_bits = np.float64(time_h).view(np.int64)
    slots[slot].time_bits = time_bits
    while node > 1:
        other = slots[node ^ 1].winner
        other_bits = slots[other].time_bits
        is_beaten = other_bits < time_bits + (node & 1)
        time_bits = other_bits if is_beaten else time_bits
        winner = other if is_beaten else winner
        node >>= 1
        slots[node].winner = winner


@merged
def strike_out(slots: Records, slot: int) -> None:
    """Cancel the event of a slot, but leave its matches to the next `set_slot` of it."""
    slots[slot].time_bits = np.float64(np.inf).view(np.int64)


@merged
def next_slot(slots: Records) -> int:
    """Give the slot with the first event of all; see `set_slot`."""
    return int(np.int64(slots[1].winner))


@merged
def slot_time_h(slots: Records, slot: int) -> float:
    """Give the next event of a slot, infinite for none; in hours, see `set_slot`."""
    time_h: float = np.int64(slots[slot].time_bits).view(np.float64)
    return time_h


@borrowing
def start_slots(slots: Records) -> None:
    """Empty every slot and play every match; see `set_slot`."""
    half = slots.shape[0] >> 1
    for slot in range(half):
        slots[half + slot].winner = slot
        strike_out(slots, slot)
    for node in range(half - 1, 0, -1):
        slots[node].winner = slots[2 * node].winner
