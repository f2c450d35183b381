"""Pages of one engine alone: jobs, requests, a factory, a schedule."""
