"""What machines and jobs draw, and how it reaches the grid."""
