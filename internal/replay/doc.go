// Package replay is 以往办件试算: what a new version of a guide would have meant
// for applications that were already handed in. It is asked before the version
// is published (第八条、第二十一条), so that a heavier burden is seen by whoever
// answers for it.
//
//	guide in force ─┐
//	guide to come  ─┴─New──► Trial ──Case(a past application)──► []Point, nil if nothing differs
//
// It is pure: the guides and the application are values, nothing is stored and
// nothing decided. Who the applicant was never enters it, and no point repeats an
// answer.
package replay
