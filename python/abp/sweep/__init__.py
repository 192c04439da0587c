"""A search for better training configs: trials on Celery workers, proposed by Optuna (docs/sweep.md)."""
