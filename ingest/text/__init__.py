"""Texts: cleaned, folded, told apart by language, analysed; and the URLs and times beside them."""
