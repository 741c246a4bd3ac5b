package journey

import _ "embed"

// finder is the JavaScript that finds things on a page by the words people see.
//
//go:embed testdata/finder.js
var finder string

// inspector is the JavaScript that looks for faults that no page may have.
//
//go:embed testdata/inspector.js
var inspector string
