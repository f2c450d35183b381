"""The plants that make the modules: stations, staff, suppliers, and when each module leaves."""
