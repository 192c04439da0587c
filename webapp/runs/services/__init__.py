"""Everything that writes runs: by people (lifecycle), by their supervisor (leases, recording)."""
