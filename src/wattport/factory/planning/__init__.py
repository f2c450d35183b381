"""Planning of a plant: line balance, sequence, staff and the line for a wanted rate."""
