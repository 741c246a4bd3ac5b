// Package calendar keeps the published editions of the working-day calendar
// (工作日历) and hands out clock.Calendar values.
//
//	放假通知 (JSON: ours, or holiday-cn) ──ParseNotice──► notice ──Import──► new edition, in one act:
//	                                                                    rows, audit record, Published hook
//	data/*.json ──EnsureShipped (first start, upgrade)──────────────────┘
//	room above ──Current, In──► clock.Calendar of the newest edition, cached
//	           ──Edition──────► that of an older one, to see why a date was what it was
//	doctor ────Load, CoverageOn► until when the notices reach
//
// An edition is never changed: a new notice makes a new edition of all years,
// whose id is written down with every limit reckoned by it.
//
// It never reckons a limit (clock does), never decides who may import (the
// caller does) and never reaches for the network.
package calendar
