"""The few settings of the environment: which utility, which lake, who may look."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from data_sources.problems import ROOT


class Settings(BaseSettings):
    """Read from `WATER_…` variables; `lake` defaults to `.lake/<utility id>` once the utility is known."""

    model_config = SettingsConfigDict(env_prefix="WATER_")

    utility: Path = Field(ROOT / "sample_data" / "utility", description="the utility's folder")
    lake: Path | None = Field(None, description="the lake's folder; .lake/<utility id> where empty")
    worker: Literal["embedded", "external"] = Field("embedded", description="whether app.py starts the worker itself")
    token: str = Field("", description="what every request must carry where the server isn't bound to loopback")
    address: str = Field("127.0.0.1", description="the address the server binds to")
    user: str = Field("值班员", min_length=1, description="whose name stands on what is acknowledged or accepted here")
    port: int = Field(8501, description="the port the server listens on")

    def lake_of(self, utility_id: str) -> Path:
        """The lake's folder for a utility of that id."""
        return self.lake or ROOT / ".lake" / utility_id
