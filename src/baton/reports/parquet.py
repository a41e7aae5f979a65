"""Rows as Parquet files, which every warehouse reads; the package pyarrow writes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from baton.core.errors import InvalidInput
from baton.reports.sources import Kind

if TYPE_CHECKING:
    import pyarrow as pa

_AT_ONCE = 50_000
"""So many rows are in memory; each such group can be read by itself."""


def is_there() -> bool:
    """Return whether Parquet can be written here."""
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415 - an extra
    except ImportError:
        return False
    return True


def write(kinds: Mapping[str, Kind], rows: Iterable[Sequence[Any]], into: IO[bytes]) -> int:
    """Write rows, told by the columns of `kinds`; return how many there were.

    Raises InvalidInput where pyarrow is not installed.
    """
    if not is_there():
        raise InvalidInput({"kind": "Parquet needs the extra: pip install baton[parquet]."})
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = _schema(kinds)
    count = 0
    with pq.ParquetWriter(into, schema, compression="zstd") as writer:
        for some in _groups(rows):
            columns = zip(*map(_plain, some), strict=True)
            arrays = [
                pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(some)
    return count


def _plain(row: Sequence[Any]) -> list[Any]:
    """Return a row with its spans in seconds."""
    return [one.total_seconds() if isinstance(one, timedelta) else one for one in row]


def _groups(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    left = iter(rows)
    while some := list(islice(left, _AT_ONCE)):
        yield some


def _schema(kinds: Mapping[str, Kind]) -> "pa.Schema":
    import pyarrow as pa  # noqa: PLC0415

    types: Mapping[Kind, pa.DataType] = {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.TRUTH: pa.bool_(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
        Kind.DAY: pa.date32(),
        Kind.SPAN: pa.float64(),
    }
    return pa.schema([(name, types[kind]) for name, kind in kinds.items()])
