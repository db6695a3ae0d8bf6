"""Past one machine: a catalog in shards, embedded by many workers into one Lance table (extra ``scale``)."""
