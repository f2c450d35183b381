"""Factories: from plants, products and orders to rates, waits and what limits them."""

from wattport.factory.answer import FactoryAnswer, simulate_factory
from wattport.factory.planning.factory_plan import FactoryPlan, plan_factory

__all__ = ["FactoryAnswer", "FactoryPlan", "plan_factory", "simulate_factory"]
