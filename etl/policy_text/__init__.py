"""What rules alone read from the text of a policy document: quantified phrases, clauses, candidates."""
