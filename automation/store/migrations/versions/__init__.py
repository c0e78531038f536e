"""The steps, oldest first; Alembic reads `revision` and `down_revision` of each."""
