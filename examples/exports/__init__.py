"""How each department writes its file: titles, total rows, text in number cells, encodings."""
