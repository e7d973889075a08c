"""Servers and clients that misbehave, each by name, and what Vedette must say of them."""
