"""What scores mean: peers, performance, progress, explanation, unevenness, benchmarks, statements."""
