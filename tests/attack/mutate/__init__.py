"""One module for each format: how its files are taken apart, damaged and put together again."""
