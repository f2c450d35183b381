from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import pkgutil
import subprocess
import sys
import typing
from typing import Any

import pytest
from pydantic.fields import FieldInfo

import wattport.records
import wattport.spec
from wattport.calendar.epoch import date_of, day_of
from wattport.spec.reading.section import Section, number_fields
from wattport.units import Fault, UnitError, parse, unit_of


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("132 kV", "kV", 132.0),
        ("132kV", "kV", 132.0),
        ("30 EUR/MWh", "EUR/MWh", 30.0),
        ("3 ct/kWh".replace("3 ct", "0.03 EUR"), "EUR/MWh", 30.0),
        ("12 weeks", "week", 12.0),
        ("1.7 GW", "MW", 1700.0),
        ("20 gCO2/kWh", "g/kWh", 20.0),
        ("0.02 tCO2/MWh", "g/kWh", 20.0),
        ("400 Mvar", "Mvar", 400.0),
        ("400 MVAr", "Mvar", 400.0),
        ("36 degC", "degC", 36.0),
        ("-3.5 °C", "degC", -3.5),
        ("5 %", "frac", 0.05),
        ("5%", "frac", 0.05),
        ("2.5 MEUR", "EUR", 2.5e6),
        ("0.9 bn EUR", "MEUR", 900.0),
        ("2.5 million EUR", "MEUR", 2.5),
        ("35 M€", "MEUR", 35.0),
        ("0.26 MEUR/MW/y", "EUR/MW/y", 260000.0),
        ("260 kEUR/(MW.y)", "MEUR/MW/y", 0.26),
        ("12.5 MEUR per MW", "MEUR/MW", 12.5),
        ("14 ha", "m2", 140000.0),
        ("90 min", "h", 1.5),
        ("1e3 kWh", "MWh", 1.0),
        ("4 m³", "m3", 4.0),
        ("2028-12-31", "day", 1095.0),
        (".5 MW", "kW", 500.0),
        ("7 days", "week", 1.0),
    ],
)
def test_text_is_read_in_the_unit_wanted(text: str, unit: str, number: float) -> None:
    assert parse(text, unit) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "unit", "fault", "remedy"),
    [
        ("1,700 MW", "MW", Fault.DIGIT_GROUPS, "write 1700"),
        ("1 700 000 EUR", "EUR", Fault.DIGIT_GROUPS, "write 1700000"),
        ("1’700 MW", "MW", Fault.DIGIT_GROUPS, "write 1700"),
        ("1,7 GW", "MW", Fault.DIGIT_GROUPS, "write 1.7"),
        ("5", "MW", Fault.NO_UNIT, '"5 MW"'),
        ("many MW", "MW", Fault.NOT_A_NUMBER, "12 MW"),
        ("5 MWh", "MW", Fault.WRONG_DIMENSION, "MW"),
        ("5 Mvar", "MW", Fault.WRONG_DIMENSION, "MW"),
        ("5 K", "degC", Fault.WRONG_DIMENSION, "degC"),
        ("5 parsec", "m", Fault.UNKNOWN_UNIT, ""),
        ("5 mwh", "MWh", Fault.UNKNOWN_UNIT, "Wh`"),
        ("31/12/2028", "day", Fault.BAD_DATE, "2028-12-31"),
        ("2027-02-29", "day", Fault.BAD_DATE, "2028-12-31"),
        ("5 halls", "1", Fault.UNKNOWN_UNIT, ""),
    ],
)
def test_other_text_is_refused_with_a_remedy(
    text: str, unit: str, fault: Fault, remedy: str
) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, unit)
    assert caught.value.fault == fault
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("it_mw", "MW"),
        ("capex_p90_eur", "EUR"),
        ("price_eur_per_mwh", "EUR/MWh"),
        ("maintenance_eur_per_mw_year", "EUR/MW/y"),
        ("hours_per_fte_year", "h/FTE/y"),
        ("ramp_limit_mw_per_min", "MW/min"),
        ("workers_per_mw", "1/MW"),
        ("auxiliary_mw_per_hall", "MW"),
        ("n_halls", "1"),
        ("n_spare_frac", "frac"),
        ("start_day", "day"),
        ("opening_days", "d"),
        ("price_year", None),
        ("title", None),
        ("c", None),
    ],
)
def test_a_name_gives_its_unit(name: str, unit: str | None) -> None:
    assert unit_of(name) == unit


def test_days_and_dates_are_inverse() -> None:
    date = dt.date(2031, 2, 28)
    assert date_of(day_of(date)) == date
    assert date_of(day_of(date) + 0.999) == date
    assert date_of(-0.001) == dt.date(2025, 12, 31)


# Names whose unit is in their meaning: counts of things, indices, calendar numbers, ratios the
# field knows by name.
UNITLESS = frozenset(
    {
        "shifts", "crew", "hall", "jobs", "seed", "pue", "design_pue", "price_year", "lot_units",
        "first_production_year", "coldest_day_of_year", "peak_hour_utc", "quarter_factors",
        "temperature_lift_cop", "grid_mw_low", "grid_mw_high", "price_drift_frac_per_year",
    }
)  # fmt: skip


def sections() -> list[type[Section]]:
    for module in pkgutil.iter_modules(wattport.spec.__path__):
        importlib.import_module(f"wattport.spec.{module.name}")
    found, waiting = [], [Section]
    while waiting:
        model = waiting.pop()
        found.append(model)
        waiting += [m for m in model.__subclasses__() if m.__module__.startswith("wattport.")]
    return found


def holds(annotation: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(annotation, type) and annotation is not bool:
        return annotation in kinds
    return any(holds(part, kinds) for part in typing.get_args(annotation))


def test_every_number_of_the_spec_has_its_unit_in_its_name() -> None:
    wrong = [
        f"{model.__name__}.{name}"
        for model in sections()
        for name, field in model.model_fields.items()
        if (name in number_fields(model) or is_whole(field))
        and unit_of(name) is None
        and "_per_" not in name
        and name not in UNITLESS
    ]
    assert not wrong


def is_whole(field: FieldInfo) -> bool:
    return holds(field.annotation, (int,))


def test_every_flag_of_the_spec_is_named_as_one() -> None:
    wrong = [
        f"{model.__name__}.{name}"
        for model in sections()
        for name, field in model.model_fields.items()
        if field.annotation is bool and not name.startswith(("is_", "has_", "counts_"))
    ]
    assert not wrong


def test_no_section_uses_a_reserved_key() -> None:
    wrong = [
        f"{model.__name__}.{name}"
        for model in sections()
        for name in model.model_fields
        if name in ("source", "status", "note")
    ]
    assert not wrong


def test_every_array_and_number_of_the_records_has_its_unit_in_its_name() -> None:
    wrong = []
    for module in pkgutil.iter_modules(wattport.records.__path__):
        space = vars(importlib.import_module(f"wattport.records.{module.name}"))
        for record in space.values():
            if not (isinstance(record, type) and dataclasses.is_dataclass(record)):
                continue
            for field in dataclasses.fields(record):
                declared = str(field.type)
                is_number = declared in ("float", "FloatArray", "NDArray[np.float64]")
                is_named = unit_of(field.name) is not None or TERMS & set(field.name.split("_"))
                if is_number and not is_named and field.name not in CELLS:
                    wrong.append(f"{record.__name__}.{field.name}")
    assert not wrong


# Quantities of the field that bear their name instead of a unit and counted things; and cells of
# generic tables, whose unit stands in a column of its own.
TERMS = frozenset({"pue", "wue", "erf", "cop", "workers", "units", "hours", "correlation"})
CELLS = frozenset(
    {"value", "limit", "p10", "p50", "p90", "reached", "allowed", "result_at_low", "result_at_high"}
)


@pytest.mark.parametrize("module", ["wattport.errors", "wattport.units"])
def test_the_cellar_imports_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print('numpy' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
