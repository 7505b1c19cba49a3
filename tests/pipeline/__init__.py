"""The steps of a pipeline, run against stand-ins of the forges."""
