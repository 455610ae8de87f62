"""What Home Assistant has recorded before it starts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
import time

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from homeassistant.components.recorder.db_schema import (
    SCHEMA_VERSION,
    Base,
    SchemaChanges,
    States,
    StatesMeta,
)

type Past = Sequence[tuple[float, str]]
"""States from the oldest to the newest, each with how many seconds ago it began."""


def write_past(config: Path, entities: Mapping[str, Past]) -> None:
    """Write the database of the recorder, with past states by entity id."""
    engine = create_engine(f"sqlite:///{config / 'home-assistant_v2.db'}")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add(SchemaChanges(schema_version=SCHEMA_VERSION))
        for entity_id, past in entities.items():
            _add_states(session, entity_id, past)
    engine.dispose()


def _add_states(session: Session, entity_id: str, past: Past) -> None:
    meta = StatesMeta(entity_id=entity_id)
    session.add(meta)
    session.flush()
    now = time.time()
    for ago, state in past:
        session.add(
            States(state=state, last_updated_ts=now - ago, metadata_id=meta.metadata_id)
        )
