"""Chiller curves: rated point, reference data and the second law beyond the fit."""

import csv

import numpy as np
import pytest

from wattport.catalog import Chiller, find
from wattport.equations.chiller import biquadratic, carnot_cop, chiller_capacity_frac, chiller_cop

CHILLER = find(Chiller, "trim_air_cooled")
LEAVING = (CHILLER.leaving_min_c, CHILLER.leaving_max_c)
OUTDOOR = (CHILLER.outdoor_min_c, CHILLER.outdoor_max_c)


def cop(leaving_c, outdoor_c, load_frac=1.0):
    return chiller_cop(
        CHILLER.rated_cop,
        CHILLER.eir_temperature_curve,
        CHILLER.eir_part_load_curve,
        LEAVING,
        OUTDOOR,
        leaving_c,
        outdoor_c,
        load_frac,
    )


def capacity(leaving_c, outdoor_c):
    return chiller_capacity_frac(CHILLER.cap_curve, LEAVING, OUTDOOR, leaving_c, outdoor_c)


@pytest.mark.reference_data
def test_curves_are_those_of_the_reference(reference_data):
    path = reference_data / "reference" / "electric_eir_chiller_curves.csv"
    with path.open(encoding="utf-8") as stream:
        row = next(r for r in csv.DictReader(stream) if "YCAL0033EE" in r["name"])
    read = lambda stem, n: tuple(float(row[f"{stem}{i}"]) for i in range(n))  # noqa: E731
    assert CHILLER.cap_curve == read("cap", 6)
    assert CHILLER.eir_temperature_curve == read("eirT", 6)
    assert CHILLER.eir_part_load_curve == read("eirP", 3)
    assert CHILLER.rated_cop == float(row["cop"])
    assert LEAVING == (float(row["t_eva_lvg_min_c"]), float(row["t_eva_lvg_max_c"]))
    assert OUTDOOR == (float(row["t_con_ent_min_c"]), float(row["t_con_ent_max_c"]))


def test_rated_point(consistency):
    # The published curves do not pass exactly through their own rated point.
    consistency(
        engine="design",
        quantity="chiller COP at 6.67 C leaving and 35 C outdoor",
        source="York YCAL0033EE, rated COP 3.1",
        reached=float(cop(6.67, 35.0)) / 3.1 - 1.0,
        allowed=0.03,
        unit="frac",
        note="curve and rating are of one entry of one catalogue",
    )


def test_cop_is_continuous_at_the_edges_of_the_fit():
    for edge in OUTDOOR:
        np.testing.assert_allclose(cop(7.0, edge - 1e-9), cop(7.0, edge + 1e-9), rtol=1e-7)
    for edge in LEAVING:
        np.testing.assert_allclose(cop(edge - 1e-9, 30.0), cop(edge + 1e-9, 30.0), rtol=1e-7)


def test_where_the_plant_uses_it_warmer_water_and_cooler_air_cost_less():
    # The fitted polynomial itself turns at its cold edges, and at 25 C of water the floor of
    # the lift begins at 24 C outdoors; halls use 18 and 25 C.
    water, air = np.linspace(10.0, 25.0, 16), np.linspace(0.0, 45.0, 46)
    table = cop(water[:, None], air[None, :])
    assert np.all(np.diff(table, axis=0) > -1e-12)
    assert np.all(np.diff(table, axis=1) <= 0.01)


def test_beyond_the_fit_cop_stays_below_the_reversible_one():
    water, air = np.meshgrid(np.linspace(4.0, 30.0, 27), np.linspace(-20.0, 51.0, 72))
    assert np.all(cop(water, air) < carnot_cop(water, air))


def test_published_high_temperature_range():
    # Free-cooling chillers at 25 C leaving and 35 C outdoor are offered with 5 to 6.
    assert 4.5 < cop(25.0, 35.0) < 6.5


def test_capacity_falls_with_hot_outdoor_air():
    assert np.all(np.diff(capacity(25.0, np.linspace(28.0, 51.0, 24))) < 0.0)


def test_biquadratic_uses_every_coefficient():
    value = biquadratic((1.0, 2.0, 3.0, 5.0, 7.0, 11.0), 2.0, 3.0)
    assert value == 1 + 2 * 2 + 3 * 4 + 5 * 3 + 7 * 9 + 11 * 6
