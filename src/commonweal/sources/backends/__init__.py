"""Engines that reduce records to whole numbers: DuckDB, PostgreSQL, Spark, and a slow reference.

Nothing else imports an engine.
"""
