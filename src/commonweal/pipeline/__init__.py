"""The one place that joins folder, sources, gate, engine, insight and publication."""
