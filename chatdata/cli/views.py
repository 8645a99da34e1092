"""`--view`: what of a conversation a command lets out."""

from typing import get_args

import click

from chatdata.domain.copies import View

view_option = click.option(
    "--view",
    type=click.Choice(get_args(View)),
    default="full",
    show_default=True,
    help="What is let out: everything, names and secrets replaced, or no words at all.",
)
