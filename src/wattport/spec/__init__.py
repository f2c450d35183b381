"""
What the user writes: one YAML file, read into frozen sections.

`load` reads and checks, `Spec.draw` turns uncertain numbers into arrays.
"""

from wattport.spec.door import (
    check,
    check_factory,
    factory_names,
    is_factory,
    load,
    load_factory,
    scenario_names,
)
from wattport.spec.dump import dump, spec_hash, uncertain_inputs
from wattport.spec.factory import Factory
from wattport.spec.provenance import Provenance, Status
from wattport.spec.schema import factory_schema, json_schema
from wattport.spec.spec import Spec
from wattport.spec.template import template
from wattport.spec.uncertain import FloatArray, Uncertain

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
