"""The site programme: activity network, crews, gates, commissioning and joint dates."""

from wattport.build.construct import construct

__all__ = ["construct"]
