"""One epoch and one table of working time, for days, minutes and hours."""
