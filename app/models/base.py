"""What all models share: column types by annotation, names of constraints, and the primary key ``fid`` of GDAL."""

from datetime import date, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.types import Instant, JsonText

Json = Annotated[Any, mapped_column(JsonText)]
"""A list or mapping, kept as JSON text."""

Key = Annotated[str, mapped_column(sa.Text, unique=True)]
"""The stable text key of ``geo.frames``, unique in its table."""


def geometry(kind: str = "GEOMETRY") -> Any:
    """Return a nullable WGS-84 geometry column with a spatial index."""
    return mapped_column(Geometry(kind, srid=4326), nullable=True)


class Base(DeclarativeBase):
    """Root of the models: text without length, double precision, days, instants in UTC."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's
        str: sa.Text,
        int: sa.Integer,
        float: sa.Double,
        bool: sa.Boolean,
        date: sa.Date,
        datetime: Instant,
    }

    fid: Mapped[int] = mapped_column(primary_key=True, sort_order=-1)
