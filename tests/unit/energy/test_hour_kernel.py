"""One formula, two forms: the compiled hour and the equations agree to the last digits."""

from __future__ import annotations

import numpy as np
import pytest

from wattport.energy import hour_kernel as hour
from wattport.energy import tables
from wattport.equations import chiller as chiller_equations
from wattport.equations import cooling as cooling_equations
from wattport.equations.ups import stage_loss_frac
from wattport.operation.plant_tables import chiller_table
from wattport.spec import load

TOLERANCE = 1e-12
RNG = np.random.default_rng(5)
N = 200


def close(scalar, vector):
    np.testing.assert_allclose(scalar, vector, rtol=TOLERANCE, atol=TOLERANCE)


def test_dry_cooler_approach_and_speed_are_the_equations():
    rated, delta = RNG.uniform(2, 12, N), RNG.uniform(5, 15, N)
    heat, speed, flow = RNG.uniform(0, 1.1, N), RNG.uniform(0.2, 1, N), RNG.uniform(0.4, 1.1, N)
    wanted = RNG.uniform(-5, 40, N)
    rows = list(zip(rated, delta, heat, speed, flow, wanted, strict=True))
    close(
        [hour.approach_k(a, d, q, s, w) for a, d, q, s, w, _ in rows],
        cooling_equations.dry_cooler_approach_k(rated, delta, heat, speed, flow),
    )
    close(
        [hour.fan_speed_frac(a, d, q, x, w) for a, d, q, _, w, x in rows],
        cooling_equations.dry_cooler_speed_frac(rated, delta, heat, wanted, flow),
    )


def test_fans_and_pumps_are_the_equations():
    share = np.linspace(0.0, 1.1, N)
    close([hour.fan_frac(x) for x in share], cooling_equations.fan_power_frac(share))
    close([hour.pump_frac(x) for x in share], cooling_equations.pump_power_frac(share))


def test_pads_are_the_equations():
    dry, wet = RNG.uniform(10, 42, N), RNG.uniform(5, 28, N)
    entering = [hour.pad_air_c(d, w, 0.7, 28.0) for d, w in zip(dry, wet, strict=True)]
    close(entering, cooling_equations.wetted_air_c(dry, wet, 0.7, 28.0))
    close(
        [hour.pad_water_m3_per_mwh(d, e, 8.0) for d, e in zip(dry, entering, strict=True)],
        cooling_equations.pad_water_m3_per_mwh(dry, np.array(entering), 8.0),
    )


def test_trim_share_is_the_equation():
    air, approach = RNG.uniform(20, 45, N), RNG.uniform(1, 8, N)
    close(
        [hour.trimmed_frac(t, 40.0, a, 10.0, 0.15) for t, a in zip(air, approach, strict=True)],
        cooling_equations.trim_frac(air, 40.0, approach, 10.0, 0.15),
    )


@pytest.mark.parametrize("leaving_c", [6.0, 18.0, 25.0])
def test_chiller_is_the_equation(leaving_c):
    from wattport.catalog import Chiller, find

    entry = find(Chiller, "trim_air_cooled")
    record = chiller_table(load("dunkerque").draw(1, 7))[0]
    outdoor = RNG.uniform(5, 50, N)
    ranges = (
        (entry.leaving_min_c, entry.leaving_max_c),
        (entry.outdoor_min_c, entry.outdoor_max_c),
    )
    close(
        [hour.chiller_cop(record, 3.1, leaving_c, t) for t in outdoor],
        chiller_equations.chiller_cop(
            3.1, entry.eir_temperature_curve, entry.eir_part_load_curve, *ranges, leaving_c, outdoor
        ),
    )
    close(
        [hour.chiller_capacity_frac(record, leaving_c, t) for t in outdoor],
        chiller_equations.chiller_capacity_frac(entry.cap_curve, *ranges, leaving_c, outdoor),
    )


def test_stage_is_the_equation_and_its_inverse_leads_back():
    stage = np.zeros(1, dtype=tables.STAGE)
    stage["no_load_frac"], stage["linear_frac"], stage["square_frac"] = 0.004, 0.01, 0.012
    stage["rating_over_it_frac"] = 1.25
    output = np.linspace(0.0, 110.0, N)
    rating = 1.25 * 100.0
    inputs = [hour.stage_input_mw(stage[0], x, 100.0) for x in output]
    close(inputs, output + rating * stage_loss_frac(output / rating, 0.004, 0.01, 0.012))
    back = [hour.stage_output_mw(stage[0], x, 100.0) for x in inputs]
    np.testing.assert_allclose(back, output, rtol=1e-12, atol=1e-11)
    stage["square_frac"] = 0.0
    inputs = [hour.stage_input_mw(stage[0], x, 100.0) for x in output]
    back = [hour.stage_output_mw(stage[0], x, 100.0) for x in inputs]
    np.testing.assert_allclose(back, output, rtol=1e-12, atol=1e-11)
