"""The site programme: activity network, crews, gates, commissioning and joint dates."""

from wattport.programme.construct import construct
from wattport.programme.plant_change import with_plant_changes

__all__ = ["construct", "with_plant_changes"]
