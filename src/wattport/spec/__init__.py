"""
What the user writes: one YAML file, read into frozen sections.

`load` reads and checks, `Spec.draw` turns uncertain numbers into arrays.
"""

from wattport.arrays import FloatArray
from wattport.spec.campus.spec import Spec
from wattport.spec.factory.factory import Factory
from wattport.spec.loading import (
    check,
    check_factory,
    factory_names,
    is_factory,
    load,
    load_factory,
    scenario_names,
)
from wattport.spec.reading.dump import dump, spec_hash, uncertain_inputs
from wattport.spec.reading.provenance import Provenance, Status
from wattport.spec.reading.schema import factory_schema, json_schema
from wattport.spec.reading.template import template
from wattport.spec.reading.uncertain import Uncertain

__all__ = [
    "load",
    "load_factory",
    "Factory",
    "check_factory",
    "is_factory",
    "factory_names",
    "check",
    "Spec",
    "dump",
    "spec_hash",
    "uncertain_inputs",
    "json_schema",
    "factory_schema",
    "template",
    "scenario_names",
    "FloatArray",
    "Uncertain",
    "Provenance",
    "Status",
]
