"""The usage index: counts, sizes and times of all sessions without words, in one DuckDB file for each deployment.

files    where the files are, how they are opened, and the lock of the builder
writing  the index that is being built or renewed, beside the one that is read
reading  answers from the finished file
figures  the statements behind the answers
"""

from chatdata.stores.usage_index.figures import IndexFilter
from chatdata.stores.usage_index.files import UsageIndex
from chatdata.stores.usage_index.reading import IndexReader, reading
from chatdata.stores.usage_index.writing import IndexShape, IndexWriter, discard, writer

__all__ = [
    "IndexFilter",
    "IndexReader",
    "IndexShape",
    "IndexWriter",
    "UsageIndex",
    "discard",
    "reading",
    "writer",
]
