"""What the memory allocators of libraries are told; import it before them, for they read it as they are loaded.

Polars, deltalake and DuckDB bring jemalloc, which keeps pages it no longer needs for a while, in many arenas; glibc
gives each of a hundred threads a heap of its own. In a process that computes the same again and again for years, that
is memory that only grows. Here pages go back after a second: within one board they are used again, which is a quarter
of its time, and between boards they are gone (measured: docs/performance.md).
"""

import ctypes
import os

JEMALLOC = "dirty_decay_ms:1000,muzzy_decay_ms:0"
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
BYTES = 128 * 1024

os.environ.setdefault("_RJEM_MALLOC_CONF", f"{JEMALLOC},narenas:2")  # polars, deltalake
os.environ.setdefault("DUCKDB_JE_MALLOC_CONF", JEMALLOC)
if hasattr(libc := ctypes.CDLL(None), "mallopt"):
    for parameter, value in ((M_ARENA_MAX, 2), (M_MMAP_THRESHOLD, BYTES), (M_TRIM_THRESHOLD, BYTES)):
        libc.mallopt(parameter, value)
