// Package casework is 办件: drafts, cases, the state table with the article
// each move rests on, regimes per item type, clocks applied to a case, notices,
// and the acts of applicants, windows, reviewers and deciders.
//
// It owns the tables draft, cases, case_event, case_material, task, document,
// case_alarm, case_reckoning, case_promise, case_instant and case_side. It never renders HTML, never reads a person's register entry
// without a case, never asks for anything the pinned guide version does not
// name (第二十一条), and never computes a date itself: clock does.
//
//	draft ──submit──► submitted ──accept──► reviewing ──► deciding ──decide──► delivering ──► closed
//	                   │  ▲  │                  ▲ │           ▲ │
//	      request-     │  │  └─precheck-pass─►  │ └─suspend──┐│ └─extend (same state)
//	      correction   ▼  │ resubmit  prechecked│            ▼│
//	                 correcting       ──arrive──┘         suspended
//
// One act is one method and one transaction: load, decide by the pure rules,
// save where the version matches, event, task, document, audit record, jobs.
// A hearing, a site visit, an expert review, a statement and a question to
// another department are side records: they are read only for cases whose
// events say that there are any. What happens to one task alone (claim, release,
// transfer, opinion) leaves the case row as it is.
//
// The files state.go, regime.go, kinds.go, timing.go, notice.go, asks.go and
// limits.go are rules: no context, SQL or clock of the machine in them.
// docs/states.md is generated from the state table.
//
// Clocks are stored in the clear and hold no words of people; answers,
// materials, delivery, notes, opinions, corrections and documents are sealed.
package casework
