"""Rules about work: names, activities, crews, risks and plants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wattport.spec.campus.programme import Activity, ConstraintKind, Each
from wattport.spec.campus.spec import Spec
from wattport.spec.reading.rule import Breach, Breaches, caught_in_circles, central, circle_of, near
from wattport.spec.reading.section import Path


def names_unique(spec: Spec) -> Breaches:
    """Names are unique."""
    programme = spec.programme
    lists: list[tuple[Path, str, Sequence[Any]]] = [
        (("programme", "crews"), "name", programme.crews),
        (("programme", "risks"), "name", programme.risks),
        (("programme", "shutdowns"), "name", programme.shutdowns),
        (("programme", "weather"), "name", programme.weather),
        (("programme", "hammocks"), "name", programme.hammocks),
        (("site", "heat_sinks"), "name", spec.site.heat_sinks),
        (("campus", "rack_generations"), "generation", spec.campus.rack_generations),
    ]
    for key in ("enclosures", "modules"):
        plant = getattr(spec.plants, key)
        lists.append((("plants", key, "stations"), "name", plant.stations))
        lists.append((("plants", key, "suppliers"), "item", plant.suppliers))
    for path, key, items in lists:
        yield from _repeated((getattr(item, key), (*path, i, key)) for i, item in enumerate(items))
    yield from _repeated((a.name, (*path, "name")) for path, a in _activities(spec))


def _repeated(named: Iterable[tuple[str, Path]]) -> Breaches:
    seen = set[str]()
    for name, path in named:
        if name in seen:
            yield Breach(path, f"{name!r} stands twice", name, "each name once", "rename one")
        seen.add(name)


def _activities(spec: Spec) -> list[tuple[Path, Activity]]:
    programme = spec.programme
    return [
        (("programme", key, index), activity)
        for key in ("site_activities", "hall_activities")
        for index, activity in enumerate(getattr(programme, key))
    ]


def predecessors_exist(spec: Spec) -> Breaches:
    """Predecessors exist."""
    site = dict.fromkeys(activity.name for activity in spec.programme.site_activities)
    both = site | dict.fromkeys(activity.name for activity in spec.programme.hall_activities)
    for path, activity in _activities(spec):
        # Site works are done before any hall: they cannot wait for one.
        known = site if path[1] == "site_activities" else both
        for index, before in enumerate(activity.after):
            name = before.activity
            if name not in known:
                yield Breach(
                    (*path, "after", index), f"no activity is named {name!r}", name,
                    ", ".join(known), near(name, known, "name an activity of the list"),
                )  # fmt: skip


def lags_have_length(spec: Spec) -> Breaches:
    """A lag by the clock has a length."""
    for path, activity in _activities(spec):
        for index, before in enumerate(activity.after):
            if before.is_lag_elapsed and before.lag_days is None:
                yield Breach(
                    (*path, "after", index), "is_lag_elapsed without a lag", None,
                    "lag_days and is_lag_elapsed, or neither", "add `lag_days:`",
                )  # fmt: skip


def each_where_it_is_read(spec: Spec) -> Breaches:
    """What is done for each lot or tranche is site work."""
    of_site = {activity.name: activity.each for activity in spec.programme.site_activities}
    for path, activity in _activities(spec):
        if path[1] == "hall_activities":
            if activity.each is not Each.SITE:
                yield Breach(
                    (*path, "each"), "a hall activity is done in each hall", activity.each.value,
                    "site", "remove the key, or move the activity to site_activities",
                )  # fmt: skip
            continue
        for index, before in enumerate(activity.after):
            theirs = of_site.get(before.activity, Each.SITE)
            if theirs not in (Each.SITE, activity.each) and activity.each is not Each.SITE:
                yield Breach(
                    (*path, "after", index),
                    f"done for each {activity.each.value}, it waits for what is done for each "
                    f"{theirs.value}",
                    before.activity, "site activities, or those done as often",
                    "name both in the hall activity that needs them",
                )  # fmt: skip


def dates_are_of_activities(spec: Spec) -> Breaches:
    """A date constrains an activity that exists."""
    site = dict.fromkeys(activity.name for activity in spec.programme.site_activities)
    known = site | dict.fromkeys(activity.name for activity in spec.programme.hall_activities)
    for index, one in enumerate(spec.programme.constraints):
        path: Path = ("programme", "constraints", index)
        if one.activity not in known:
            yield Breach(
                (*path, "activity"), f"no activity is named {one.activity!r}", one.activity,
                ", ".join(known), near(one.activity, known, "name an activity of the list"),
            )  # fmt: skip
        elif one.activity in site and one.hall is not None:
            yield Breach(
                (*path, "hall"), f"{one.activity!r} is done for the site, not in a hall", one.hall,
                "a hall activity, or no hall", "remove the key",
            )  # fmt: skip


def one_deadline_each(spec: Spec) -> Breaches:
    """An activity keeps one deadline."""
    seen: dict[str, set[int | None]] = {}
    for index, one in enumerate(spec.programme.constraints):
        if one.kind is ConstraintKind.START_NO_EARLIER:
            continue
        halls = seen.setdefault(one.activity, set())
        if halls and (one.hall is None or None in halls or one.hall in halls):
            yield Breach(
                ("programme", "constraints", index), f"a second deadline of {one.activity!r}",
                one.activity, "one for each activity and hall", "keep the one that matters",
            )  # fmt: skip
        halls.add(one.hall)


def hammocks_span_hall_work(spec: Spec) -> Breaches:
    """A hammock spans activities of a hall."""
    known = dict.fromkeys(activity.name for activity in spec.programme.hall_activities)
    for h, hammock in enumerate(spec.programme.hammocks):
        path: Path = ("programme", "hammocks", h, "activities")
        if not hammock.activities:
            yield Breach(path, "it spans nothing", None, ", ".join(known), "name its activities")
        for index, name in enumerate(hammock.activities):
            if name not in known:
                yield Breach(
                    (*path, index), f"no hall activity is named {name!r}", name,
                    ", ".join(known), near(name, known, "name a hall activity"),
                )  # fmt: skip


def lots_are_fitted_out(spec: Spec) -> Breaches:
    """Transformers in lots are fitted out lot by lot."""
    programme = spec.programme
    if programme.n_hv_transformers_per_lot is not None and not any(
        activity.each is Each.TRANSFORMER_LOT for activity in programme.site_activities
    ):
        yield Breach(
            ("programme", "n_hv_transformers_per_lot"),
            "no site activity is done for each lot, so all halls wait for the last one",
            programme.n_hv_transformers_per_lot, "an activity with each: transformer_lot",
            "mark the activity that fits out the substation, or remove the key",
        )  # fmt: skip


def no_circle(spec: Spec) -> Breaches:
    """Activities wait in no circle."""
    waits = {
        activity.name: tuple(before.activity for before in activity.after)
        for _, activity in _activities(spec)
    }
    places = {activity.name: path for path, activity in _activities(spec)}
    caught = caught_in_circles(waits)
    if caught:
        circle = circle_of(caught)
        yield Breach(
            (*places[circle[0]], "after"), " waits for ".join([*circle, circle[0]]), circle[0],
            "an order of work", "remove one of these predecessors",
        )  # fmt: skip


def crews_exist(spec: Spec) -> Breaches:
    """Crews exist."""
    known = dict.fromkeys(crew.name for crew in spec.programme.crews)
    for path, activity in _activities(spec):
        if activity.crew is not None and activity.crew not in known:
            yield Breach(
                (*path, "crew"), f"no crew is named {activity.crew!r}", activity.crew,
                ", ".join(known), near(activity.crew, known, "add it to programme.crews"),
            )  # fmt: skip


def risk_activities_exist(spec: Spec) -> Breaches:
    """Risks touch activities that exist."""
    known = dict.fromkeys(activity.name for _, activity in _activities(spec))
    for r, risk in enumerate(spec.programme.risks):
        for index, name in enumerate(risk.activities):
            if name not in known:
                yield Breach(
                    ("programme", "risks", r, "activities", index),
                    f"no activity is named {name!r}", name, ", ".join(known),
                    near(name, known, "name an activity of the list"),
                )  # fmt: skip


def feeds_exist(spec: Spec) -> Breaches:
    """A plant feeds another plant."""
    known = list(type(spec.plants).model_fields)
    for key in known:
        feeds = getattr(spec.plants, key).feeds
        others = [name for name in known if name != key]
        if feeds is not None and feeds not in others:
            yield Breach(
                ("plants", key, "feeds"), f"{feeds!r} is not another plant", feeds,
                ", ".join(others), near(feeds, others, "name another plant, or remove the key"),
            )  # fmt: skip


def plants_feed_no_circle(spec: Spec) -> Breaches:
    """Plants feed each other in no circle."""
    feeds = {key: getattr(spec.plants, key).feeds for key in type(spec.plants).model_fields}
    for key, other in feeds.items():
        if other != key and other is not None and feeds.get(other) == key and key < other:
            yield Breach(
                ("plants", key, "feeds"), f"{key} feeds {other}, and {other} feeds {key}",
                other, "a line of plants", "remove one of the two",
            )  # fmt: skip


def shifts_fit_a_day(spec: Spec) -> Breaches:
    """Shifts fit in a day."""
    for key in type(spec.plants).model_fields:
        plant = getattr(spec.plants, key)
        hours = plant.shifts * central(plant.shift_h)
        if hours > 24.0:
            yield Breach(
                ("plants", key, "shifts"), f"{plant.shifts} shifts make {hours:g} h a day",
                plant.shifts, f"at most {int(24 // central(plant.shift_h))}",
                "fewer or shorter shifts",
            )  # fmt: skip


def failures_have_repair(spec: Spec) -> Breaches:
    """Failures and repairs come together."""
    for key in type(spec.plants).model_fields:
        for index, station in enumerate(getattr(spec.plants, key).stations):
            if (station.mtbf_h is None) != (station.mttr_h is None):
                missing = "mtbf_h" if station.mtbf_h is None else "mttr_h"
                yield Breach(
                    ("plants", key, "stations", index), f"{missing} is missing", None,
                    "mtbf_h and mttr_h, or neither", f"add `{missing}:`",
                )  # fmt: skip


def grid_gates_something(spec: Spec) -> Breaches:
    """Some activity waits for the grid."""
    if spec.programme.hall_activities and not any(
        activity.is_grid_gated for activity in spec.programme.hall_activities
    ):
        yield Breach(
            ("programme", "hall_activities"), "no activity waits for the grid", None,
            "one activity with is_grid_gated: true", "mark the activity that energises the hall",
        )  # fmt: skip


def wanted_after_start(spec: Spec) -> Breaches:
    """The wanted date follows the start."""
    wanted, start = spec.programme.wanted_first_compute, spec.programme.start
    if wanted is not None and wanted <= start:
        yield Breach(
            ("programme", "wanted_first_compute"), f"{wanted} is not after the start, {start}",
            wanted, f"after {start}", "correct one of the two dates",
        )  # fmt: skip
