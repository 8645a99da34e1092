"""Two copies side by side: a row for each pair of messages, what differs inside their texts marked. Pure.

texts    where two texts part, word by word
rows     the rows of a comparison, column by column and in windows
logs     when it happened: the times to search logs for
"""

from chatdata.aligned.logs import Moment, clock, log_window
from chatdata.aligned.rows import Aligned, align

__all__ = ["Aligned", "Moment", "align", "clock", "log_window"]
