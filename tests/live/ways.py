"""The two ways by which the same detections arrive: pushed, or polled."""

from dataclasses import dataclass

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from tests.common import pass_time, state_of
from tests.conftest import set_up
from tests.fake_frigate import FakeFrigate

from .common import until_pushing, until_state

LIVE_POLL = 5


@dataclass(frozen=True, slots=True)
class Way:
    """One of them, with what it takes to go it."""

    hass: HomeAssistant
    frigate: FakeFrigate
    freezer: FrozenDateTimeFactory
    is_push: bool

    async def set_up(self, entry: MockConfigEntry) -> MockConfigEntry:
        """Set up an entry, to which nothing is pushed unless this is the way."""
        if not self.is_push:
            self.frigate.block_live()
        await set_up(self.hass, entry)
        if self.is_push:
            await until_pushing(self.hass, entry, self.frigate)
        return entry

    async def shows(
        self, entry: MockConfigEntry, expected: dict[tuple[str, str], str]
    ) -> None:
        """Wait until all that has happened has arrived, and see what it has led to."""
        if self.is_push:
            for one, state in expected.items():
                await until_state(self.hass, entry, *one, state)
        else:
            await pass_time(self.hass, self.freezer, LIVE_POLL)
        found = {one: state_of(self.hass, entry, *one) for one in expected}
        assert found == expected
