"""Parts of a page beside one another where there is room, one under the other on a tablet."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def side_by_side(name: str, widths: Sequence[float] = (1, 1)) -> list[DeltaGenerator]:
    """Columns of these relative widths; under 1,100 px of screen each takes the whole width. `name` is their key."""
    with st.container(key=f"side.{name}"):
        return st.columns(widths)
