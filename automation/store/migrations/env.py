"""What Alembic runs: our connection, our transaction, no logging set up and nothing printed."""

from __future__ import annotations

from alembic import context

from automation.store.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
