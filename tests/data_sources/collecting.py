"""Fetching in the test's own process."""

from data_sources.collect import Collecting, spool_folder
from data_sources.connector import connector
from data_sources.sources import sources_of


def collected(lake, name="scada"):
    """One fetch of a source into its spool; how many batches came."""
    sources = sources_of(lake.utility, name)
    collecting = Collecting(name, sources, connector(sources[0].settings.kind), spool_folder(lake.root, name))
    try:
        return collecting.once()
    finally:
        collecting.spool.close()
