"""Who may wait starts where the run costs least, also where its end meets a change of price."""

from __future__ import annotations

import numpy as np

from wattport.batch.job import make_jobs
from wattport.batch.scheduler import Steps, cheapest_start_ms


def test_a_run_that_ends_as_the_price_rises_is_tried() -> None:
    """200 s at 30, 20 from 100 s and 60 from 250 s: from 50 s on it costs 4,500, else 5,000."""
    price = Steps(np.array([0.0, 100.0, 250.0]), np.array([30.0, 20.0, 60.0]))
    jobs = make_jobs([0], [200], [1], most_delay_s=500)
    assert cheapest_start_ms(jobs, price).tolist() == [50_000]
