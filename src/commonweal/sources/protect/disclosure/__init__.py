"""Disclosure control without any knowledge of projects: figures as sums, an intruder, and a pattern."""
