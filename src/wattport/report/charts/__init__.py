"""Charts as frozen values: each draws itself as SVG and lists its numbers as a table."""

from wattport.report.charts.bars import Bars
from wattport.report.charts.crews import CrewMonths, CrewUse
from wattport.report.charts.duration import Duration
from wattport.report.charts.flow import Flow, FlowStep
from wattport.report.charts.gains import Gain, Gains
from wattport.report.charts.gantt import Gantt, GanttRow
from wattport.report.charts.heatmap import Heatmap
from wattport.report.charts.joint import Edge, Joint
from wattport.report.charts.likelihood import Likelihood, Mark
from wattport.report.charts.oneline import Feeder, OneLine
from wattport.report.charts.relief import Relief, Reliefs
from wattport.report.charts.sankey import Link, Sankey
from wattport.report.charts.scatter import Scatter
from wattport.report.charts.scurve import Curve, Fan
from wattport.report.charts.stations import Stations, StationUse
from wattport.report.charts.tornado import Swing, Tornado

__all__ = [
    "Bars",
    "CrewMonths",
    "CrewUse",
    "Curve",
    "Duration",
    "Edge",
    "Fan",
    "Feeder",
    "Flow",
    "FlowStep",
    "Gain",
    "Gains",
    "Gantt",
    "GanttRow",
    "Heatmap",
    "Joint",
    "Likelihood",
    "Link",
    "Mark",
    "OneLine",
    "Relief",
    "Reliefs",
    "Sankey",
    "Scatter",
    "StationUse",
    "Stations",
    "Swing",
    "Tornado",
]
