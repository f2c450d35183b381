"""Published equations as pure functions on arrays, one file per topic."""
