// Package catalog is 事项 and 办事指南: the catalogue of service items, their
// immutable published versions, the element dictionary, topics, and how people
// find an item.
//
// It owns the tables item, item_version, item_facet, topic and element, and the
// rules a guide must pass before it may be published. It never handles a case:
// casework pins one of its versions and reads from it.
//
//	YAML folder ──Import──► Check (14 elements, consistency) ──► version n+1, published
//	                                                       └──► search document, facets
//	person ──Search──► Summary ──► Guide(code) = current version
//	case   ──ByVersion──► the version it pins, for ever
package catalog
