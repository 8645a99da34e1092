"""`--view`: how much of a conversation a command reveals."""

from typing import get_args

import click

from chatdata.domain.copies import PrivacyLevel

view_option = click.option(
    "--view",
    type=click.Choice(get_args(PrivacyLevel)),
    default="full",
    show_default=True,
    help="Data visibility: everything, personal data masked, or no text.",
)
