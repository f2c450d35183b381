"""From a file to checked values: documents, numbers, units, provenance, findings."""
