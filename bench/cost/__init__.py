"""What reconcile costs, by the command line as people use it, and what others cost beside it: `make bench`."""
