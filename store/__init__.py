"""SQLite: schema and migrations, writing, revisions, views for analysts."""
