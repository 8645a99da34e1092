"""`--view`: what of a conversation a command lets out."""

from typing import get_args

import click

from chatdata.domain.copies import View
from chatdata.services.connect import Connected
from chatdata.services.viewing import RedactionKey
from chatdata.stores.app_db import AppDatabase

view_option = click.option(
    "--view",
    type=click.Choice(get_args(View)),
    default="full",
    show_default=True,
    help="What is let out: everything, names and secrets replaced, or no words at all.",
)


def view_key(connected: Connected) -> RedactionKey:
    """The key of the deployment's stand-ins, the same as on its pages."""
    return lambda: AppDatabase(connected.settings.data_dir).view_key(connected.sessions.deployment)
