// Package steward is the work place of those who keep the catalogue 事项管理:
// claiming, compiling, reviewing and publishing guides (第六条、第八条).
//
// It owns the pages below /console/items. It never decides who may do what or
// whether a guide may be published: catalog and identity do.
//
//	/console/items ─► claim ─► draft ─► section editor ─► preview
//	                            │  replay over past cases
//	                            │  hand in ► pass ► publish
//	proposals ─► adopt ─────────┘
//	import ─► report, row by row ─► carry out; export
//
// A section of a guide is edited by its Go type: the editor walks the struct,
// takes the words for each part from one table, and reads the answers back into
// the same struct. Rows are added, moved and taken away by submit buttons, and
// files come with the form of their section, so that everything works without
// script. Who saves what somebody else has changed meanwhile reads both in words
// and picks a side for each part.
package steward
