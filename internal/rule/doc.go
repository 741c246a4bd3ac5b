// Package rule is the language of written rules 规则: a condition over named
// attributes, in the Common Expression Language, such as
//
//	mode == "online" && visits == 0 && by_hand == 0
//
// Whoever writes a rule is no programmer and makes mistakes; whoever relies on
// it wants an answer. So everything is looked at before a rule may be kept:
//
//	text + attributes ──Compile──► *Error: each mistake with its place in the text
//	                         └───► Rule ──Eval(values)──► true, false, or an error
//	clauses, each with its basis ──Clauses──► Decision ──Eval──► Verdict, clause by clause
//
// It owns the dialect: comparisons, and, or, not, arithmetic, membership of a
// list, and a few questions about text. There are no loops, no functions of the
// clock, no regular expressions and no conversions; a text is at most 2,000
// characters and its cost, reckoned from the greatest sizes that its attributes
// can have, is bounded. So a rule always ends. What it does not know it does
// not guess: a missing value is an error, unless the rest decides without it.
//
// It is pure: nothing is stored, now is an attribute if a rule needs it. It
// never decides what follows from an answer; an error goes to a person.
package rule
