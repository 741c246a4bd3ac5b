// Package archive is the form of 电子档案: the package that a closed case leaves
// behind, and how anybody checks it years later without the platform.
//
//	casework ─ Package ─► Write ─► ZIP: index.html verify.js · case.json clocks/ log.json
//	                                    notices/ materials/ · data.js · manifest.json manifest.sig
//	                                     │
//	tongban case verify ─► Verify ◄──────┤ structure, seal, hashes, clocks, log, notices
//	index.html in a browser ◄────────────┘ the same in a script of its own
//
// The same package gives the same bytes: entries come in a fixed order, are
// stored and not compressed, and carry no time; the seal over the manifest is
// an Ed25519 signature, which has one value. The log's checkpoint carries the
// SM2 signature beside its own.
//
// A package comes from anywhere: Verify reads it in bounded memory, unpacks
// nothing, and refuses whatever Write would not have written. docs/archive.md
// describes the form.
//
// It never reads the database, never decides who may have a package, and knows
// no case that is not in front of it.
package archive
