// Package assess is 监督考核: what was received, what is in hand, late or due
// soon, what was closed in time and how it was rated, by department and by
// district, with the cases behind every number.
//
// It owns the tables assess_case, assess_day and assess_mark. It never changes a
// case, never lets anyone enter a figure, and shows a supervisor (监督人员) only
// the units that the role covers.
//
//	case_event, rating ──Roll (a job, every minute)──► assess_case, a row per case
//	                                              └──► assess_day, counters
//	cases, from the beginning ──Rebuild───────────────► both anew
//
//	supervisor ──Overview──► open cases (partial indexes) + counters ──► figures
//	           ──List──────► the same rows, one page
//
// Acts on cases pay nothing for this: facts are taken over after their commit.
// Ids commit out of order, so a roll looks again at what is some minutes older
// than the last one; a fact is counted once, whoever finds it.
package assess
