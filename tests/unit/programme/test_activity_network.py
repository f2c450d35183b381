"""Laying the templates out into jobs and links."""

import numpy as np

from wattport.programme.activity_network import NO_CREW, lay_out
from wattport.spec import Spec
from wattport.spec.campus.programme import Activity, Cause


def edges(spec: Spec, n_halls: int) -> set[tuple[str, str, bool]]:
    """Links by name, with the hall number; True for the stagger."""
    programme = spec.programme
    network = lay_out(programme, n_halls)
    names = [a.name for a in programme.site_activities]
    names += [f"{h}:{a.name}" for h in range(n_halls) for a in programme.hall_activities]
    rows = zip(network.links.predecessor, network.links.successor, network.is_stagger, strict=True)
    return {(names[i], names[j], bool(s)) for i, j, s in rows}


def test_hall_activities_follow_their_own_hall_and_the_site(dunkerque: Spec) -> None:
    found = edges(dunkerque, 3)
    assert ("site works", "HV substation civil", False) in found
    for hall in range(3):
        assert ("site works", f"{hall}:foundations", False) in found
        assert ("HV substation fit-out", f"{hall}:energise", False) in found
        assert (f"{hall}:L5 integrated test", f"{hall}:ready for service", False) in found
    staggered = {row for row in found if row[2]}
    assert staggered == {
        ("0:foundations", "1:foundations", True),
        ("1:foundations", "2:foundations", True),
    }


def test_a_hall_activity_without_predecessor_follows_all_of_the_site(dunkerque: Spec) -> None:
    free = Activity(name="alone", duration_days=1.0, cause=Cause.CIVIL)
    programme = dunkerque.programme.model_copy(update={"hall_activities": (free,)})
    found = edges(dunkerque.model_copy(update={"programme": programme}), 2)
    for site in ("site works", "HV substation civil", "HV substation fit-out"):
        assert (site, "1:alone", False) in found
    assert ("0:alone", "1:alone", True) in found


def test_jobs_carry_crew_and_gates(dunkerque: Spec) -> None:
    network = lay_out(dunkerque.programme, 2)
    assert network.n_jobs == 3 + 2 * 12
    names = [a.name for a in dunkerque.programme.hall_activities]
    for hall in range(2):
        energise = network.job(hall, names.index("energise"))
        assert network.is_grid_gated[energise]
        assert network.crew[energise] == NO_CREW
        assert network.is_module_gated[network.job(hall, 3)]
    assert np.flatnonzero(network.is_long_lead_gated).tolist() == [2]
    assert network.is_grid_gated.sum() == 2
    assert network.is_rack_gated.sum() == 2
