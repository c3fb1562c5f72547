"""Glue between the browser and the pages."""
