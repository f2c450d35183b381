"""
How kernels are compiled, and where their machine code is kept between runs.

Machine code is kept by the content of every source that went into it, so that it is never older
than the physics it stands for.
"""

from wattport.compiled.kernel import kernel, kernel_with

__all__ = ["kernel", "kernel_with"]
