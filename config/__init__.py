"""Settings, the Celery app and the data files (threat domains, starter sources). Imports no other room."""
