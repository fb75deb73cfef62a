"""The one configuration class. Every key is an environment variable ``ATLAS_*`` and is documented in its field."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, get_type_hints

from flask import current_app

from geo.errors import AtlasError

ROOT = Path(__file__).resolve().parent.parent
"""Folder of the project: ``app``, ``geo``, ``data``, ``templates`` lie in it."""

PREFIX = "ATLAS_"
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


class ConfigError(AtlasError):
    """An environment variable has a value that the atlas cannot use."""

    code = "CONFIG"


@dataclass(frozen=True)
class Config:
    """All that may differ between two installations. ``from_environment`` reads it, ``doc()`` lists it."""

    database_url: Annotated[str, "Database URL; empty means the GeoPackage file atlas.gpkg in the instance folder."] = (
        ""
    )
    instance: Annotated[Path, "Folder for the embedded database, uploaded files and the secret key."] = (
        ROOT / "instance"
    )
    data: Annotated[Path, "Folder of the rules, code lists, word lists and divisions that ship."] = ROOT / "data"
    city: Annotated[str, "Six-digit code of the city the installation is for."] = "320600"
    language: Annotated[str, "Language of pages before a visitor chooses: zh or en."] = "zh"
    secret_key: Annotated[str, "Key that signs cookies; empty means one that is made once, in the instance folder."] = (
        ""
    )
    host: Annotated[str, "Address the server listens on."] = "127.0.0.1"
    port: Annotated[int, "Port the server listens on."] = 8765
    threads: Annotated[int, "Threads that answer requests."] = 8
    worker: Annotated[bool, "Whether the server sees to waiting jobs (imports, surveys), in a process beside it."] = (
        True
    )
    proxies: Annotated[int, "Number of trusted reverse proxies in front; their X-Forwarded headers are believed."] = 0
    secure_cookies: Annotated[bool, "Send cookies over HTTPS only; switch on behind an HTTPS proxy."] = False
    idle_minutes: Annotated[int, "Minutes without a request after which one has to sign in again."] = 60
    session_hours: Annotated[int, "Hours after signing in after which one has to sign in again."] = 12
    upload_limit_mb: Annotated[int, "Largest file that may be uploaded, in megabytes."] = 300
    page_size: Annotated[int, "Rows on one page of a list."] = 50
    error_budget: Annotated[float, "Share of wrong answers allowed among addresses located without a person."] = 0.005
    name_evidence: Annotated[bool, "Whether place names in a firm's name may serve as second evidence."] = True
    sector_prior: Annotated[bool, "Whether a firm's industry may order places that its address leaves tied."] = True
    credit_code_prior: Annotated[
        bool, "Whether the authority in a credit code may break a tie between counties; firms move, codes stay."
    ] = False
    map_approval: Annotated[
        str, "Map approval number (审图号) to print on maps; empty prints the internal-use note."
    ] = ""
    providers: Annotated[
        str, "Online services to ask about addresses under review: tianditu, amap, baidu, by comma; empty asks none."
    ] = ""
    provider_days: Annotated[
        int, "Days after which answers of online services are deleted, as their terms limit keeping them."
    ] = 30
    tianditu_key: Annotated[str, "Key of Tianditu's web service; without one it is never asked."] = ""
    tianditu_url: Annotated[str, "Address of Tianditu's geocoder, if not the public one (a gateway of the office)."] = (
        ""
    )
    tianditu_quota: Annotated[int, "Calls of Tianditu a day at most; keep it below what the account has."] = 5000
    tianditu_rate: Annotated[float, "Calls of Tianditu a second at most."] = 2.0
    tianditu_cost: Annotated[float, "What a call of Tianditu costs the office, in yuan."] = 0.0
    amap_key: Annotated[str, "Key of Amap's web service; without one it is never asked."] = ""
    amap_url: Annotated[str, "Address of Amap's geocoder, if not the public one (a gateway of the office)."] = ""
    amap_quota: Annotated[int, "Calls of Amap a day at most; keep it below what the account has."] = 3000
    amap_rate: Annotated[float, "Calls of Amap a second at most."] = 2.0
    amap_cost: Annotated[float, "What a call of Amap costs the office, in yuan."] = 0.0
    baidu_key: Annotated[str, "Key of Baidu's web service; without one it is never asked."] = ""
    baidu_url: Annotated[str, "Address of Baidu's geocoder, if not the public one (a gateway of the office)."] = ""
    baidu_quota: Annotated[int, "Calls of Baidu a day at most; keep it below what the account has."] = 3000
    baidu_rate: Annotated[float, "Calls of Baidu a second at most."] = 2.0
    baidu_cost: Annotated[float, "What a call of Baidu costs the office, in yuan."] = 0.0

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None, **overrides: Any) -> "Config":
        """Read ``ATLAS_*`` from ``environ`` (default: the process's); ``overrides`` win.

        Raises
        ------
        ConfigError
            If a value is not of the key's type; every fault is named.
        """
        environ = os.environ if environ is None else environ
        values, faults = {}, []
        for key in fields(cls):
            name = PREFIX + key.name.upper()
            if name in environ:
                try:
                    values[key.name] = _parse(environ[name], type(key.default))
                except ValueError:
                    faults.append(f"{name}={environ[name]!r} is not {type(key.default).__name__}")
        if faults:
            raise ConfigError("; ".join(faults), detail={"faults": faults})
        return cls(**{**values, **overrides})

    def environment(self) -> dict[str, str]:
        """Return the variables from which ``from_environment`` makes this configuration again."""
        values = {key.name: getattr(self, key.name) for key in fields(self)}
        return {PREFIX + name.upper(): str(int(v) if isinstance(v, bool) else v) for name, v in values.items()}

    @classmethod
    def doc(cls) -> dict[str, tuple[Any, str]]:
        """Return ``{environment variable: (default, what it does)}``."""
        hints = get_type_hints(cls, include_extras=True)
        return {PREFIX + key.name.upper(): (key.default, hints[key.name].__metadata__[0]) for key in fields(cls)}

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.instance.resolve() / 'atlas.gpkg').as_posix()}"

    def secret(self) -> str:
        """Return the signing key; without one configured, make it once and keep it readable by the owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.instance / "secret_key"
        try:
            self.instance.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            return path.read_text(encoding="ascii").strip()
        except OSError:  # a folder that may not be written to still serves; visitors then sign in anew after a restart
            return secrets.token_hex(32)
        return path.read_text(encoding="ascii").strip()


def settings() -> Config:
    """Return the configuration of the current application."""
    config: Config = current_app.config["ATLAS"]
    return config


def _parse(text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in TRUE | FALSE:
            raise ValueError(text)
        return text.lower() in TRUE
    return Path(text) if issubclass(kind, Path) else kind(text)  # type: ignore[call-arg]
