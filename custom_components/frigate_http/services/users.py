"""Actions for the accounts of Frigate."""

from homeassistant.util.json import JsonObjectType

from .action import ServerAction, ServerCall


async def _get_users(call: ServerCall) -> JsonObjectType:
    users = await call.client.users.list(fresh=True)
    return {"users": [{"username": user.username, "role": user.role} for user in users]}


ACTIONS = (
    ServerAction(
        name="get_users",
        handler=_get_users,
        fields={},
        is_query=True,
        admin_only=True,
    ),
)
