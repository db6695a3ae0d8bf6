"""Public data formats -> a workspace folder."""
