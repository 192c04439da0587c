"""``abp profile``: how fast the trainer is, what its time goes to, and other trainers beside it on the same task."""
