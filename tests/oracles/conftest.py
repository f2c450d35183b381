"""What the collection of examples must leave alone."""

# It starts a Java machine when imported, and large BLAS solves crash in a process that holds one:
# it is run in a process of its own, never imported.
collect_ignore = ["mpxj_reader.py"]
