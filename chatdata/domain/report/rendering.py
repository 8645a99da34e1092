"""The template environment of the report, which escapes every value.

Every value that a template prints is escaped and its control and invisible characters are spelled out automatically.
A template that uses an undefined name fails. The loader reads only files of this package.
"""

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from chatdata.domain.report.visible import as_html
from chatdata.domain.report.wire import iso


def _finalized(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup(as_html(str(value)))


TEMPLATES = Environment(
    loader=PackageLoader("chatdata.domain.report"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_finalized,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
"""The environment of page.html and the templates that it includes."""
TEMPLATES.filters |= {
    "iso": iso,
    "number": "{:,}".format,
}


def source(name: str) -> str:
    """Returns the text of a file in the templates' folder, such as page.css."""
    assert TEMPLATES.loader is not None
    return TEMPLATES.loader.get_source(TEMPLATES, name)[0]
