"""Keeps the garbage collector quick: each run of a page ends in a full collection over everything that lives."""

import asyncio
import gc
import importlib
import pkgutil

import pages.components

LATE = ("pandas", "streamlit.dataframe_util", "streamlit.runtime.scriptrunner.script_runner")
"""What Streamlit loads only when a page first needs it."""
EVERY_S = 10.0


def load_pages() -> None:
    """Import what pages will need, so that it is there to be frozen."""
    parts = [module.name for module in pkgutil.iter_modules(pages.components.__path__, "pages.components.")]
    for name in (*parts, *LATE):
        importlib.import_module(name)


async def keep_frozen() -> None:
    """Put what lives out of the collector's sight, again and again: sessions come, and those gone must be found."""
    while True:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        await asyncio.sleep(EVERY_S)
