// Package publicity is 决定公开 (第十九条; 行政许可法 第五条、第四十条): which
// decisions on cases the public may read, what is said of them, since when and
// until when.
//
// It owns the tables publicity, publicity_mark, publicity_roll and
// publicity_words. It never changes a case, never shows a person's number,
// address or whole name, and never the reasons of a refusal.
//
//	case_event ──Follow (a job, every minute)──► publicity: waiting ─► public ─► withdrawn
//	                                               ▲   │ held        │            │
//	decider, applicant ──Ask──► publicity_mark ────┘   ▼             ▼            ▼
//	another decider ─────Answer──────────────────► withheld        over         over
//
//	anybody ──List, Get──► what is public, newest first
//	anybody logged in ──Object──► publicity_mark, answered by the deciding unit
//
// Acts on cases pay nothing for this: decisions are taken over after their
// commit, as assess does with figures. Whether a decision stands is asked of
// casework.Standing alone.
package publicity
