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

from wattport.make.compiled import borrowing, merged
from wattport.make.network import Records


@merged
def set_slot(slots: Records, slot: int, time_h: float) -> None:
    """
    Give a slot its next event.

    Parameters
    ----------
    slots : structured ndarray, shape (slot,)
        Of `wattport.make.network.SLOT`: a power of two of them, unused ones
        at infinity; inner nodes of the tournament, the root at 1.
    slot : int
        The slot to change.
    time_h : float
        Its next event; infinite for none. [h]

    Examples
    --------
    >>> from wattport.make.network import SLOT
    >>> slots = np.zeros(4, SLOT)
    >>> slots["time_h"] = np.inf
    >>> start_slots(slots)
    >>> set_slot(slots, 2, 5.0)
    >>> set_slot(slots, 3, 5.0)
    >>> int(slots["winner"][1])
    2
    """
    slots[slot].time_h = time_h
    node = (slots.shape[0] + slot) >> 1
    left = slot & ~1
    slots[node].winner = left if slots[left].time_h <= slots[left + 1].time_h else left + 1
    node >>= 1
    while node >= 1:
        left, right = slots[2 * node].winner, slots[2 * node + 1].winner
        slots[node].winner = left if slots[left].time_h <= slots[right].time_h else right
        node >>= 1


@borrowing
def start_slots(slots: Records) -> None:
    """Play every match once; see `set_slot`."""
    for slot in range(0, slots.shape[0], 2):
        set_slot(slots, slot, slots[slot].time_h)
