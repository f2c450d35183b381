"""Anybody's schedule: critical path, levelling, risk, exchange with planning tools."""
