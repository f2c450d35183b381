"""Thousands of damaged, odd and hostile inputs, each made from its seed alone."""
