"""The templates of the report, and the one way in which a value gets into them.

Every value that a template prints is escaped, and what acts or hides in it is spelled out, without the template asking
for it. A template that names a value which is not there fails. The loader reads files of this package, no store.
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
"""The environment of page.html and of what it includes."""
TEMPLATES.filters |= {
    "iso": iso,
    "number": "{:,}".format,
}


def source(name: str) -> str:
    """The text of a file beside the templates, such as page.css."""
    assert TEMPLATES.loader is not None
    return TEMPLATES.loader.get_source(TEMPLATES, name)[0]
