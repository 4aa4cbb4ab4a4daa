"""Commands. Heavy modules are imported inside them, so that --help is quick."""
