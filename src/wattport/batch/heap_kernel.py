"""
A heap of coming ends, from which any entry can be taken back.

An interrupted job takes its end back, so entries know their place: no stale entries gather, and
the heap never holds more than one entry for each node of the machine.
"""

from wattport.arrays import IntArray
from wattport.compiled import kernel


@kernel
def heap_push(key: IntArray, item: IntArray, place: IntArray, size: int, new: int, at: int) -> int:
    """
    Add an entry and return the new size.

    Parameters
    ----------
    key, item : ndarray of int64, shape (capacity,)
        Heap by ascending (key, item); changed in place.
    place : ndarray of int64, shape (items,)
        Index of each item in the heap, -1 outside it; changed in place.
    size : int
        Entries in use.
    new, at : int
        Item and its key.
    """
    i = size
    while i > 0:
        up = (i - 1) // 2
        if key[up] < at or (key[up] == at and item[up] < new):
            break
        key[i], item[i] = key[up], item[up]
        place[item[i]] = i
        i = up
    key[i], item[i] = at, new
    place[new] = i
    return size + 1


@kernel
def heap_remove(key: IntArray, item: IntArray, place: IntArray, size: int, old: int) -> int:
    """
    Take an entry out, wherever it stands, and return the new size.

    Parameters
    ----------
    key, item, place, size
        As in `heap_push`.
    old : int
        Item to remove; it is in the heap.
    """
    i = place[old]
    place[old] = -1
    last = size - 1
    if i == last:
        return last
    at, moved = key[last], item[last]
    while i > 0:
        up = (i - 1) // 2
        if key[up] < at or (key[up] == at and item[up] < moved):
            break
        key[i], item[i] = key[up], item[up]
        place[item[i]] = i
        i = up
    while True:
        down = 2 * i + 1
        if down >= last:
            break
        right = down + 1
        if right < last and (
            key[right] < key[down] or (key[right] == key[down] and item[right] < item[down])
        ):
            down = right
        if at < key[down] or (at == key[down] and moved < item[down]):
            break
        key[i], item[i] = key[down], item[down]
        place[item[i]] = i
        i = down
    key[i], item[i] = at, moved
    place[moved] = i
    return last
