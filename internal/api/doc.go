// Package api is the JSON API v1 of the platform: whatever a page can do, a
// program can do with a bearer token.
//
//	request ─► Handler: limits, headers, own 404 and 405, a panic is a problem
//	   └─► enter: who asks (gate), path, query and body checked against the
//	       description, strictly ─► one service call ─► answer
//	                                      └─ error ─► problemOf ─► RFC 9457
//
// The description is OpenAPI 3.1 at /api/v1/openapi.json, made from the same
// operations that serve; openapi.golden.yaml holds it, so that nobody changes
// it unawares. /api/v1/docs is the same for readers, plain HTML.
//
// It owns no table and decides nothing about rights: services do. It never
// echoes what was submitted (a value may be an ID number), never shows the text
// of an unknown error, and never looks at cookies, so that no other site can
// act through a browser.
package api
