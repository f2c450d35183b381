"""
Rules across fields, as data: a sentence, a code, a severity and a condition.

A rule looks at the spec as loaded and yields one breach for each place where
its sentence does not hold; uncertain numbers are compared at their central
values. What an engine can answer with a reason (a hall that comes late, a
connection too small) is no error here: it is a result.
"""

from __future__ import annotations

from itertools import islice

from wattport.errors import MANY, Code, Finding
from wattport.spec import size_rules
from wattport.spec.campus import calendar_rules, catalog_rules, site_rules, value_rules, work_rules
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory_rules import FACTORY_RULES
from wattport.spec.reading.root import Root
from wattport.spec.reading.rule import Rule
from wattport.spec.reading.section import Path

# Of any file: whatever comes next trusts them.
COMMON_RULES: tuple[Rule, ...] = (
    Rule(
        "a group of correlated numbers is declared", Code.UNKNOWN_GROUP, value_rules.groups_declared
    ),
    Rule("a list has a thousand items at most", Code.TOO_MUCH, size_rules.lists_have_measure),
)

RULES: tuple[Rule, ...] = (
    Rule("a lower limit is not above its upper limit", Code.CONTRADICTION, value_rules.in_order),
    Rule("a list that is needed has an item", Code.NO_VALUE, value_rules.lists_filled),
    Rule(
        "a key of the catalogue leads to an entry",
        Code.UNKNOWN_REFERENCE,
        catalog_rules.entries_exist,
    ),
    Rule("tranche dates ascend", Code.NOT_ASCENDING, value_rules.tranche_dates_ascend),
    Rule("rack generations follow each other", Code.NOT_ASCENDING, value_rules.rack_dates_ascend),
    Rule("tranche powers never fall", Code.NOT_ASCENDING, value_rules.tranche_power_grows),
    Rule(
        "tranches stay within the connection",
        Code.CONTRADICTION,
        value_rules.tranches_within_connection,
    ),
    Rule("the facility split sums to one", Code.SHARES_NOT_ONE, value_rules.split_is_whole),
    Rule("quarter factors average one", Code.UNLIKELY, value_rules.quarters_average_one, "warning"),
    Rule("names are unique", Code.TWICE, work_rules.names_unique),
    Rule("predecessors exist", Code.UNKNOWN_REFERENCE, work_rules.predecessors_exist),
    Rule("activities wait in no circle", Code.CIRCULAR, work_rules.no_circle),
    Rule("a lag by the clock has a length", Code.MISSING_KEY, work_rules.lags_have_length),
    Rule(
        "what is done for each lot or tranche is site work",
        Code.CONTRADICTION,
        work_rules.each_where_it_is_read,
    ),
    Rule(
        "transformers in lots are fitted out lot by lot",
        Code.UNLIKELY,
        work_rules.lots_are_fitted_out,
        "warning",
    ),
    Rule("a working week is certain", Code.NOT_ALLOWED, calendar_rules.week_is_certain),
    Rule(
        "holidays are those of a known country",
        Code.NOT_A_CHOICE,
        calendar_rules.holidays_are_known,
    ),
    Rule(
        "a shut-down has a first and a last day", Code.BAD_DATE, calendar_rules.shutdowns_have_days
    ),
    Rule("some day of the year is worked", Code.CONTRADICTION, calendar_rules.some_day_is_worked),
    Rule("weather windows exist", Code.UNKNOWN_REFERENCE, calendar_rules.weather_windows_exist),
    Rule(
        "a weather window has twelve months",
        Code.NOT_ALLOWED,
        calendar_rules.weather_has_twelve_months,
    ),
    Rule(
        "a date constrains an activity that exists",
        Code.UNKNOWN_REFERENCE,
        work_rules.dates_are_of_activities,
    ),
    Rule("an activity keeps one deadline", Code.CONTRADICTION, work_rules.one_deadline_each),
    Rule(
        "a hammock spans activities of a hall",
        Code.UNKNOWN_REFERENCE,
        work_rules.hammocks_span_hall_work,
    ),
    Rule("crews exist", Code.UNKNOWN_REFERENCE, work_rules.crews_exist),
    Rule(
        "risks touch activities that exist",
        Code.UNKNOWN_REFERENCE,
        work_rules.risk_activities_exist,
    ),
    Rule("a plant feeds another plant", Code.UNKNOWN_REFERENCE, work_rules.feeds_exist),
    Rule("plants feed each other in no circle", Code.CIRCULAR, work_rules.plants_feed_no_circle),
    Rule("shifts fit in a day", Code.CONTRADICTION, work_rules.shifts_fit_a_day),
    Rule("failures and repairs come together", Code.MISSING_KEY, work_rules.failures_have_repair),
    Rule("a hall is no larger than the campus", Code.CONTRADICTION, value_rules.hall_fits_campus),
    Rule(
        "the connection carries the campus", Code.UNLIKELY, value_rules.campus_fits_grid, "warning"
    ),
    Rule(
        "distributed redundancy shares a spare",
        Code.UNLIKELY,
        value_rules.distributed_shares,
        "warning",
    ),
    Rule(
        "some activity waits for the grid",
        Code.UNLIKELY,
        work_rules.grid_gates_something,
        "warning",
    ),
    Rule(
        "the wanted date follows the start", Code.UNLIKELY, work_rules.wanted_after_start, "warning"
    ),
    Rule(
        "the water is cold enough for the racks", Code.CONTRADICTION, value_rules.water_leaves_room
    ),
    Rule("sea water is never below freezing", Code.CONTRADICTION, site_rules.sea_is_liquid),
    Rule("a heat pump stays within Carnot", Code.CONTRADICTION, site_rules.lifts_within_carnot),
    Rule("pads and the sea exclude each other", Code.CONTRADICTION, site_rules.pads_meet_air),
    Rule(
        "the transformer has the voltage of the grid",
        Code.CONTRADICTION,
        catalog_rules.voltages_agree,
    ),
    Rule("the climate is that of the place", Code.CONTRADICTION, catalog_rules.climate_is_near),
    Rule("idle power is below the mean", Code.CONTRADICTION, value_rules.idle_below_mean),
    Rule("a campus has a thousand halls at most", Code.TOO_MUCH, size_rules.halls_are_countable),
    Rule(
        "a campus has ten thousand modules at most",
        Code.TOO_MUCH,
        size_rules.modules_are_countable,
    ),
    Rule("a plant has two thousand bays at most", Code.TOO_MUCH, size_rules.bays_are_countable),
)

_OF_FACTORY: tuple[Rule, ...] = (
    *FACTORY_RULES,
    Rule(
        "a factory has two thousand bays a plant and a hundred thousand units on order at most",
        Code.TOO_MUCH,
        size_rules.factory_is_countable,
    ),
)
_LETTERS = 2000  # of all names that are allowed


def findings(spec: Root) -> list[tuple[Finding, Path]]:
    """
    Apply every rule.

    Parameters
    ----------
    spec : Spec or Factory
        As loaded, each section sound in itself.

    Returns
    -------
    list of (Finding, Path)
        In the order of the rules.
    """
    found: list[tuple[Finding, Path]] = []
    for rule in (*COMMON_RULES, *(RULES if isinstance(spec, Spec) else _OF_FACTORY)):
        breaches = rule.breaches(spec)
        for breach in islice(breaches, MANY):
            finding = Finding(
                rule.code, breach.message, value=breach.value, allowed=breach.allowed[:_LETTERS],
                remedy=breach.remedy, severity=rule.severity,
            )  # fmt: skip
            found.append((finding, breach.path))
        # Each breach costs a search through all names for what was meant.
        if next(breaches, None) is not None:
            message = f"more than {MANY} places break the rule that {rule.sentence}"
            finding = Finding(
                Code.MORE, message, remedy="mend the others first", severity=rule.severity
            )
            found.append((finding, ()))
    return found
