"""The record of the requests a server has seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

type Port = Literal["internal", "external"]


@dataclass
class Request:
    """One request as it arrived; `status` stays None while, or if never, answered."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    port: Port
    status: int | None = None
