// Package sheet carries implementation lists in and out of the catalogue
// 导入导出: as a workbook of several sheets, as YAML item files, and as the
// national exchange tables in JSON.
//
// It owns the three formats, the imports that people have begun and what they may
// take out; pages and the API show both and add nothing. It never decides what may
// be imported: catalog plans and carries out by the rules of publishing.
//
//	file ──Read──► entries ──catalog.Plan──► report, row by row
//	  │                                        └──CarryOut──► drafts, or versions
//	  └ stored with the import; a job reads it, another carries it out
//	guides ──Write──► file
//
// Every reader is for files from outside: it bounds what it unpacks and keeps,
// and names the cell or field of whatever it refuses. A value that equals what
// the catalogue would write is no change, so that a file that was exported and
// not touched changes nothing.
package sheet
