"""Online services as plug-ins, off by default: asked only about rows under review, their answers only candidates."""

from app.providers import asking, candidates
from app.providers.asking import Asked, Means
from app.providers.provider import Answer, Provider, ProviderError, Query
from app.providers.services import KNOWN, Service, services

__all__ = [
    "KNOWN",
    "Answer",
    "Asked",
    "Means",
    "Provider",
    "ProviderError",
    "Query",
    "Service",
    "asking",
    "candidates",
    "services",
]
