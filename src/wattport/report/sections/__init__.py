"""Sections of the report, one file for each stage a reader asks about."""
