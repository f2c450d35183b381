"""The sections of a campus scenario, one frozen model for each."""
