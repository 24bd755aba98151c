"""Claims in other languages than English: material, recipe and scores."""
