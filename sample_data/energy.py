"""Electric power of pumps and blowers, kW, from what they move."""

import numpy as np

from sample_data.noise import Floats

RHO_G = 9.81
"""ρ g of water, kN/m³."""
RAW_EFFICIENCY, SUPPLY_EFFICIENCY, BOOSTER_EFFICIENCY, SEWAGE_EFFICIENCY = 0.78, 0.80, 0.70, 0.62
SUPPLY_HEAD_M = 42.0
HOUSE_LOAD_KW = 40.0
"""Light, dosing and workshops of a works."""
AERATION_KWH_M3 = 0.22
SEWAGE_WORKS_BASE_KW = 60.0


def pump_kw(flow_m3h: Floats, head_m: float | Floats, efficiency: float) -> Floats:
    """ρ g Q H ÷ η with Q in m³/h and H in m, in kW."""
    return np.asarray(RHO_G * flow_m3h / 3600 * head_m / efficiency, dtype=np.float64)
