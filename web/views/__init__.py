"""One module a page; each view is marked with the role it needs (`web.access.role`)."""
