"""From rain to inflow, level and risk: unit hydrographs, the error carried forward, and the wells they fill."""
