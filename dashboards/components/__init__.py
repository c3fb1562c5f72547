"""Pure pieces of a page: data in, component tree out."""
