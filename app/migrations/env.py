"""Alembic's entry: migrations run on the connection that ``app.db.schema`` gives.

How to write one that works on both databases: ``op.create_table`` with ``geoalchemy2.Geometry`` columns makes the
spatial index, the GeoPackage's metadata and its triggers by itself; ``op.add_column`` works as it is. SQLite cannot
alter or drop a column in place: use ``op.batch_alter_table`` for tables without geometry, and a new table with a copy
of the rows for others.
"""

from alembic import context
from geoalchemy2 import Geometry

from app.db.schema import ours
from app.models import Base


def render(kind, thing, autogen_context):
    """Write a geometry column as its constructor, without the wish to create the index twice."""
    if kind == "type" and isinstance(thing, Geometry):
        autogen_context.imports.add("from geoalchemy2 import Geometry")
        return f"Geometry({thing.geometry_type!r}, srid={thing.srid})"
    if kind == "type" and type(thing).__module__ == "app.db.types":
        autogen_context.imports.add(f"from app.db.types import {type(thing).__name__}")
        return f"{type(thing).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=ours,
    render_item=render,
    render_as_batch=False,
    compare_type=True,
)
context.run_migrations()
