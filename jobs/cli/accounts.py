"""`clientforge create-admin`: the way into a new installation."""

from typing import Annotated

import typer

from models.accounts import create_admin, sync_built_in_roles
from models.kernel.actor import Cause, system_actor
from models.kernel.database import unit_of_work


def add_admin(
    email: Annotated[str, typer.Option(help="Address to sign in with.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    password: Annotated[
        str,
        typer.Option(
            help="Password; better typed when asked, or in the variable, than on the command line.",
            envvar="CLIENTFORGE_ADMIN_PASSWORD",
            prompt=True,
            hide_input=True,
            confirmation_prompt=True,
        ),
    ],
) -> None:
    """Create a member of staff who may do everything."""
    with unit_of_work() as session:
        sync_built_in_roles(session)
        actor = system_actor("command line", Cause.command)
        user = create_admin(session, actor, email=email, name=name, password=password)
        address = user.email
    typer.echo(f"{address} is an administrator and can sign in now.")
