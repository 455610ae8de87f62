"""The states in which the recordings of commands and profiles were made."""

from tests.fake_frigate import FakeFrigate


def prepare_controls(server: FakeFrigate, state: str) -> None:
    """Bring the server into a state, if it is one of these."""
    profiles = server.state.profiles
    match state:
        case "profiles configured" | "a profile active" | "profiles used before":
            server.add_profile("away", "Away")
            server.add_profile("night", "Night mode")
    match state:
        case "a profile active":
            profiles.active = "away"
            profiles.activated = {"away": 1795454963.499044}
        case "profiles used before":
            profiles.activated = {"away": 1795454968.678725, "night": 1795454964.553206}
