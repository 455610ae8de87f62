"""The states in which the recordings of accounts, logs and notifications were made."""

from tests.fake_frigate import FakeFrigate


def prepare_administration(server: FakeFrigate, state: str) -> None:
    """Bring the server into a state, if it is one of these."""
    match state:
        case "an account to manage":
            server.add_user("tmp1", "tmp-pass-000001")
        case "an account called rec_u":
            server.add_user("rec_u", "tmp-pass-000001")
        case "a new server":
            admin = server.state.users["admin"]
            server.state.users = {"admin": admin}
        case "viewer1's recorded password":
            server.state.users["viewer1"].password = "viewer-pass-0001"
        case "notifications disabled":
            server.state.notifications = False
