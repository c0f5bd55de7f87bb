"""Re-runnable measurements, each printing a table: `python -m benchmarks.NAME`."""
