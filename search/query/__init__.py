"""The query language: text becomes a syntax tree, with notes about everything that had to be repaired.

AND, OR, NOT and TO may also be written in Dutch: EN, OF, NIET, TOT.

or := and ('OR' and)*      and := not ('AND'? not)*      not := ('NOT' | '-' | '!') not | atom
atom := '(' or ')' | field ':' value | value
value := '(' or ')' | ('>' | '>=' | '<' | '<=') literal | '[' a 'TO' b ']' | "phrase" | word ['*' | '~' 1..2]
"""

from __future__ import annotations

from search.query.parser import parse
from search.query.tree import Note, Parsed, QueryError

__all__ = ["Note", "Parsed", "QueryError", "parse"]
