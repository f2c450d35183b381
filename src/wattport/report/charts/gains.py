"""Days a date would gain were one thing dealt with: a tornado of causes, risks and inputs."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from wattport.report.axes import Box, bottom_axis, key
from wattport.report.drawing import WIDE_PX, Table, drawing, identity, pattern
from wattport.report.numerals import THIN_SPACE, day_name, month_name, whole
from wattport.report.scale import Scale, nice_ticks
from wattport.report.svg import SMALL_PX, line, rect, text, tip_area
from wattport.report.typeface import shorten, text_width

CAUSE_LOOK = {
    "grid": ("blue", "solid"),
    "plant": ("green", "hatch"),
    "supplier": ("orange", "dots"),
    "civil": ("brown", "sparse"),
    "crew": ("purple", "hatch"),
    "risk": ("orange", "dots"),
    "dealt with": ("green", "hatch"),
    "ranges": ("blue", "solid"),
}
_OTHER_LOOK = ("grey", "solid")
_BAR_PX = 11.0


@dataclass(frozen=True)
class Gain:
    """Days gained at P50 and P90, and the dates after."""

    name: str
    cause: str
    p50_days: float
    p90_days: float
    after_p50_day: float
    after_p90_day: float


@dataclass(frozen=True)
class Gains:
    r"""
    Two bars per driver, P50 above P90, filled by cause.

    Parameters
    ----------
    title, description : str
        What a reader should see.
    gain : tuple of Gain
        In the order to be drawn; finite.
    before_p50_day, before_p90_day : float
        The date with everything as it is.
    has_days : bool
        Name dates to the day, where the plan does.

    Examples
    --------
    >>> gain = Gain("late grid", "grid", 20.0, 90.0, 1000.0, 1100.0)
    >>> Gains("First compute", "", (gain,), 1020.0, 1190.0).table().rows[1][2]
    '20\u202fd'
    """

    title: str
    description: str
    gain: tuple[Gain, ...]
    before_p50_day: float
    before_p90_day: float
    has_days: bool = False

    def svg(self, width_px: int = WIDE_PX) -> Markup:
        """Draw at a width."""
        causes = list(dict.fromkeys(gain.cause for gain in self.gain))
        ids = {c: identity(self.title, str(width_px), c) for c in causes}
        fills = [
            pattern(ids[c], kind, colour)
            for c in causes
            for colour, kind in (CAUSE_LOOK.get(c, _OTHER_LOOK),)
        ]
        legend, legend_px = key([(f"url(#{ids[c]})", c) for c in causes], width_px, 0.0)
        is_narrow = width_px < 560
        row_px = 50.0 if is_narrow else 34.0
        left = 6.0 if is_narrow else 300.0
        values_px = text_width("P90 1 000 d", SMALL_PX) + 12
        words_px = max(text_width(shorten(c, 90.0, SMALL_PX), SMALL_PX) for c in causes)
        cause_px = 0.0 if is_narrow else words_px + 12
        top = legend_px + 10
        right = max(left + 100, width_px - values_px - cause_px)
        box = Box(left, top, right, top + row_px * len(self.gain))
        ends = [v for gain in self.gain for v in (gain.p50_days, gain.p90_days)]
        ticks = nice_ticks(min(0.0, *ends), max(1.0, *ends), max(3, int(box.width) // 90))
        across = Scale(ticks[0].value, ticks[-1].value, box.left, box.right)
        parts = [*legend, *bottom_axis(box, across, ticks, "days gained")]
        zero = across(0.0)
        parts.append(line(zero, box.top, zero, box.bottom, "ink", width_px=1.2))
        for index, gain in enumerate(self.gain):
            parts += self._row(
                gain,
                box,
                across,
                top + index * row_px,
                row_px,
                width_px,
                f"url(#{ids[gain.cause]})",
            )
        return drawing(self.title, self.description, width_px, box.bottom + 40, parts, fills)

    def table(self) -> Table:
        """List the dates before and after."""
        as_is = ("nothing", "", "", self._date(self.before_p50_day))
        rows = [(*as_is, "", self._date(self.before_p90_day))]
        rows += [
            (
                gain.name,
                gain.cause,
                _days(gain.p50_days),
                self._date(gain.after_p50_day),
                _days(gain.p90_days),
                self._date(gain.after_p90_day),
            )
            for gain in self.gain
        ]
        header = ("Dealt with", "Cause", "Gained at P50", "P50 then", "Gained at P90", "P90 then")
        return Table(header, tuple(rows))

    def _date(self, day: float) -> str:
        return day_name(day) if self.has_days else month_name(day)

    def _row(
        self,
        gain: Gain,
        box: Box,
        across: Scale,
        top: float,
        row_px: float,
        width_px: float,
        fill: str,
    ) -> list[Markup]:
        is_narrow = box.left < 100
        bar_y = top + row_px - 2 * _BAR_PX - 8
        word_y = top + 14 if is_narrow else bar_y + 14
        cause = shorten(gain.cause, 90.0, SMALL_PX)
        cause_px = text_width(cause, SMALL_PX) + 10
        name = shorten(gain.name, width_px - cause_px if is_narrow else box.left - 12, SMALL_PX)
        parts = [
            text(0, word_y, name, size_px=SMALL_PX, has_halo=True),
            text(
                width_px, word_y, cause, anchor="end", size_px=SMALL_PX, colour="soft",
                has_halo=True,
            ),
        ]  # fmt: skip
        zero = across(0.0)
        for k, (side, days) in enumerate((("P50", gain.p50_days), ("P90", gain.p90_days))):
            y = bar_y + k * (_BAR_PX + 2)
            start, end = sorted((zero, across(days)))
            parts.append(rect(start, y, max(1.0, end - start), _BAR_PX, fill))
            words = f"{side} {_days(days)}"
            parts.append(text(end + 5, y + 10, words, size_px=SMALL_PX, has_halo=True))
        tip = "\n".join(
            (
                f"{gain.name} ({gain.cause})",
                f"P50 {_days(gain.p50_days)} earlier: {self._date(gain.after_p50_day)} instead of "
                f"{self._date(self.before_p50_day)}",
                f"P90 {_days(gain.p90_days)} earlier: {self._date(gain.after_p90_day)} instead of "
                f"{self._date(self.before_p90_day)}",
            )
        )
        parts.append(tip_area(0, top, box.right, row_px, tip))
        return parts


def _days(days: float) -> str:
    return f"{whole(days)}{THIN_SPACE}d"
