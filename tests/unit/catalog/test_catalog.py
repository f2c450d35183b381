"""The catalogue: every entry complete, plausible and sourced; a wrong key tells the nearest."""

from dataclasses import fields
from typing import get_args

import pytest

from wattport import catalog
from wattport.catalog import Chiller, Rack, Ups, find, keys
from wattport.errors import SpecError

KINDS = get_args(catalog.Item)
ENTRIES = [(kind, key) for kind in KINDS for key in keys(kind)]
STATUSES = {"announced", "measured", "published", "inferred", "guess"}


@pytest.mark.parametrize(("kind", "key"), ENTRIES)
def test_every_entry_is_sourced_and_in_range(kind, key):
    entry = find(kind, key)
    assert entry.key == key
    assert entry.name
    assert entry.source
    assert entry.status in STATUSES
    for field in fields(entry):
        value = getattr(entry, field.name)
        if isinstance(value, float):
            assert value >= 0.0, field.name
            if field.name.endswith("_frac") and not field.name.startswith("overload"):
                assert value <= 1.0, field.name


def test_a_kind_has_no_key_twice():
    for kind in KINDS:
        assert len(set(keys(kind))) == len(keys(kind)) > 0


def test_an_unknown_key_names_the_nearest_and_where_it_stands():
    with pytest.raises(SpecError) as caught:
        find(Rack, "vr_nvl72_maxq", "campus.rack_generations[0].generation")
    (finding,) = caught.value.findings
    assert finding.path == "campus.rack_generations[0].generation"
    assert "vr_nvl72_max_q" in finding.remedy
    assert "gb300_nvl72" in finding.allowed


def test_efficiencies_stay_in_the_range_of_the_datasheet():
    ups = find(Ups, "galaxy_vxl_1250")
    # 500 kW at 400 V and a power factor above 0.99 drew 746 A: 96.7 to 97.7 %.
    assert 0.967 <= ups.double_100_frac <= 0.977
    assert max(ups.double_50_frac, ups.double_75_frac) <= 0.977


def test_chiller_curves_are_complete():
    chiller = find(Chiller, "trim_air_cooled")
    assert len(chiller.cap_curve) == len(chiller.eir_temperature_curve) == 6
    assert len(chiller.eir_part_load_curve) == 3
