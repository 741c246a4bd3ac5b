// Package caseview turns what casework tells about a case into parts of pages:
// path, clocks, timeline, answers, documents. Citizens' and clerks' pages show
// a case alike because both take it from here.
//
//	casework.View ──► Path · Clocks · Timeline · Answers ──► web parts
//	a material's blank form and example ──► GuideFiles
//	casework.Document ──► Documents.Show ──► an A4 page: number, basis, clocks, QR, hash
//
// It never asks a service for a case, never decides who may see one, and shows
// no more than the view holds: masking was casework's.
package caseview
