"""The campus hour: power chain, cooling, heat reuse, limits and balance."""
