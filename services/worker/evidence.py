"""Evidence: files that no row speaks of, since nobody finished what they came with, are swept away once a day."""

from datetime import UTC, datetime, timedelta

from services.worker.app import app, database
from shared.config import settings
from shared.stores.evidence import store_of
from shared.usecases.evidence import sweep

# Whoever is still filling in the form of an upload finishes long before.
KEPT_FOR = timedelta(days=1)


@app.task(name="evidence.sweep")
def sweep_evidence() -> None:
    """Sweep; by the world's clock, as the files are dated, whatever a demonstration's says."""
    with database().begin() as session:
        sweep(session, store_of(settings()), datetime.now(UTC) - KEPT_FOR)
