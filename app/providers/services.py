"""The services that this installation may ask: those switched on, with key, quota, rate and cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

from app.config import Config, ConfigError
from app.providers import amap, baidu, tianditu
from app.providers.provider import Provider

KNOWN: Mapping[str, Provider] = MappingProxyType(
    {
        "tianditu": cast("Provider", tianditu),
        "amap": cast("Provider", amap),
        "baidu": cast("Provider", baidu),
    }
)
"""Every service there is a plug-in for, the national one first."""


@dataclass(frozen=True)
class Service:
    """A service as it is set up here. ``on``: switched on and with a key; the key is never shown."""

    provider: Provider
    key: str
    url: str
    quota: int
    rate: float
    cost: float
    on: bool

    @property
    def name(self) -> str:
        """Its code."""
        return self.provider.name

    def __repr__(self) -> str:
        return f"Service({self.name!r}, on={self.on})"


def services(config: Config) -> list[Service]:
    """Return every known service as this installation has it, whether it is on or not.

    Raises
    ------
    ConfigError
        If a name is switched on that no plug-in has, or one without a key, or with a quota or rate below zero.
    """
    wanted = [name.strip().lower() for name in config.providers.split(",") if name.strip()]
    unknown = [name for name in wanted if name not in KNOWN]
    if unknown:
        raise ConfigError(f"ATLAS_PROVIDERS names {unknown}; known are {', '.join(KNOWN)}")
    found = [_service(config, name, on=name in wanted) for name in KNOWN]
    for service in found:
        name = service.name.upper()
        if service.on and not service.key:
            raise ConfigError(f"ATLAS_PROVIDERS names {service.name}, but ATLAS_{name}_KEY is empty")
        if service.quota < 0 or service.rate <= 0 or service.cost < 0:
            raise ConfigError(f"ATLAS_{name}_QUOTA, _RATE and _COST cannot be negative, nor the rate zero")
    return found


def _service(config: Config, name: str, *, on: bool) -> Service:
    def of(what: str) -> object:
        return getattr(config, f"{name}_{what}")

    provider = KNOWN[name]
    url, quota, rate, cost = str(of("url")) or provider.url, int(str(of("quota"))), float(str(of("rate"))), of("cost")
    return Service(provider, str(of("key")), url, quota, rate, float(str(cost)), on)
