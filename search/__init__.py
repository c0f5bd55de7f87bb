"""The query language, the search document, two engines and one way to ask them."""
