"""Engines that reduce records to whole numbers: a fast one, and a slow one that is plainly right."""
