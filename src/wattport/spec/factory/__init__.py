"""A factory file: plants, products, suppliers and orders."""
