"""The one table: its keys, its words, and a file per entity."""
