"""The order of the stages, and the calls of one part alone."""

from wattport.pipeline.stages import Stage, play

__all__ = ["Stage", "play"]
