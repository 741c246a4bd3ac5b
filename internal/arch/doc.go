// Package arch holds the source to the shape of the house: it parses every Go
// file of the repository and checks the laws below in its tests. It has no
// code that the product runs.
//
//	repository ──► tree (parsed files) ──► law ──► findings, each with file and line
//
// The laws: arrows between rooms point down; files of rules stay pure; no room
// is called after nothing in particular; files have one subject; the time comes
// from app; no test is skipped; remarks carry their reason. Each law is also
// shown a small broken tree, so that it is known to find what it forbids.
//
// It never looks at what the code does, only at what it names.
package arch
