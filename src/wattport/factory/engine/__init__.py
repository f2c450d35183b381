"""The event engine: stations, crews, parts and their clocks, compiled."""
