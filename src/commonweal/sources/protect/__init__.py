"""People before figures: the rule on one count, the pattern over many, the test that tries to undo both."""
