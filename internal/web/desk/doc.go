// Package desk is the work place 工作台 of window clerks, reviewers and deciders:
// log in with a second factor, take the next case from the list, see everything
// about it on one page, act, hand over.
//
//	/desk/login ──► /desk (work list by deadline, a tab for each unit and role)
//	                  │ j k Enter                      ▲ same place, after the act
//	                  ▼                                │
//	      /desk/cases/{no} ──acts as forms──► casework.Perform ──┘
//	                  │ someone was faster                │ words that do not fit
//	                  ▼                                   ▼
//	      “办件已有变化”, what was typed is kept      the form again, problems on top
//
//	/desk/intake ──► who comes ──► which item ──► wizard at /desk/apply/{id} ──► receipt
//
// What may be done is what casework.View offers to the reader; every form
// carries the version of the case that the reader saw. Personal data is masked
// until somebody says what for, which is recorded before it is shown.
//
// It never decides who may do what, never reads a database, and keeps nothing
// between requests.
package desk
