"""Inference: requests, tokens, how long they take and the power they draw."""
