"""What every file of a user has at its top: name, caveats, groups of uncertainty, draws."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, PrivateAttr

from wattport.errors import Finding
from wattport.spec.campus.uncertainty import Uncertainty
from wattport.spec.reading.draw import Draws, cut, draw_numbers
from wattport.spec.reading.provenance import Provenance
from wattport.spec.reading.section import Section


class Root(Section):
    """
    The top of a file.

    As loaded, its numbers are floats or `Uncertain`; as drawn, arrays of
    shape ``(draw,)``. Engineering code sees drawn values only.
    """

    name: str
    title: str = ""
    warnings: tuple[str, ...] = Field((), description="Caveats printed with every result.")
    uncertainty: Uncertainty = Uncertainty()

    _provenance: tuple[Provenance, ...] = PrivateAttr(default=())
    _findings: tuple[Finding, ...] = PrivateAttr(default=())
    _loaded: Any = PrivateAttr(default=None)
    _draws: Draws | None = PrivateAttr(default=None)

    def draw(self, n: int, seed: int = 0) -> Self:
        """
        Give the same spec with each number an array of ``n`` draws.

        Parameters
        ----------
        n : int
            Number of draws. A single one is central: every number at its central value, every
            spread at its mean, a risk where it is likelier than not. [>= 1]
        seed : int
            Same seed, same draws; draw ``k`` does not depend on ``n``, if ``n`` is above 1. The
            central draw is the same for any seed. [0 to 2**63 - 1]
        """
        if n < 1 or not 0 <= seed < 2**63:
            raise ValueError(f"draw needs n >= 1 and seed from 0 to 2**63 - 1, got {n} and {seed}")
        loaded = self.loaded
        drawn = draw_numbers(loaded, loaded.uncertainty.groups, n, seed)
        drawn._loaded = loaded
        drawn._draws = Draws.of(n, seed)
        return drawn

    def slice(self, first: int, last: int) -> Self:
        """Keep draws ``first`` to ``last - 1``, for a worker; their ids stay."""
        draws = self._drawn()
        ids = draws.ids[first:last].copy()
        kept = cut(self, first, last)
        kept._draws = Draws(len(ids), draws.seed, ids)
        return kept

    @property
    def loaded(self) -> Self:
        """The spec before it was drawn."""
        return self if self._loaded is None else self._loaded

    @property
    def is_drawn(self) -> bool:
        """Whether numbers are arrays."""
        return self._draws is not None

    @property
    def n_draws(self) -> int:
        """Number of draws held."""
        return self._drawn().n

    @property
    def seed(self) -> int:
        """Seed the draws came from."""
        return self._drawn().seed

    @property
    def is_central(self) -> bool:
        """Whether this is the single draw in which every chance is at its centre."""
        return self._drawn().is_central

    @property
    def draw_ids(self) -> NDArray[np.int64]:
        """Ids of the draws held, shape ``(draw,)``; a slice keeps those of the whole."""
        return self._drawn().ids

    @property
    def provenance(self) -> tuple[Provenance, ...]:
        """Every number with its source and status, in field order."""
        return self._provenance

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Warnings of the checks; errors never get this far."""
        return self._findings

    def _drawn(self) -> Draws:
        if self._draws is None:
            raise ValueError("the spec is not drawn: call spec.draw(n, seed) first")
        return self._draws
