"""Painted controls that every page uses."""
