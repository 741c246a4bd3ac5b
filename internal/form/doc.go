// Package form is the form language 表单: what an item asks its applicant, in
// which order, under which conditions, and what a right answer is.
//
// A form is a JSON Schema 2020-12 object with a few x- words (docs/forms.md).
// Compile reads it once, strictly, and every face works from the result:
//
//	schema + data elements ──Compile──► Form ──► Steps, Field      pages, window
//	                                     │       ShowCSS            conditions without script
//	     HTML inputs ──Decode────────────┤
//	     JSON body ────ParseJSON─────────┼─► Values ──Prune──Validate──► errs.Field
//	     sources ──────Prefill───────────┘      └────Summary─► review page, print
//
// It owns the dialect, the conversion of typed text to values and the words of
// its errors. It never stores anything, never looks anything up by itself
// (sources and formats are handed in), and never repeats a submitted value in
// an error. A compiled Form does not change and may be used by many goroutines.
package form
