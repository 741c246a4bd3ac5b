// Package catalog is 事项 and 办事指南: the catalogue of service items, their
// immutable published versions, the element dictionary, topics, and how people
// find an item.
//
// It owns the basic catalogue (基本目录), the city-wide guides (指南模板), the
// implementation lists (实施清单) with their versions, the element dictionary,
// topics and events of life, and the rules a guide must pass before it may be
// published. A list stores only the sections in which it differs from the
// city-wide guide it follows; what the basic catalogue says of a matter is
// written over every guide, so that it cannot differ (第六条第二款). It never
// handles a case: casework pins one of its versions and reads from it.
//
// The gate (Rules, Check) is pure: tables of rules by element of 第七条, each with
// how grave it is, what it rests on, and words that say what to do.
//
//	catalogue.yaml ──ImportBasics──► basic item ─┐ locks name, code, type, basis
//	item file ──Import──► gate ──► template n+1 ─┴─► list version n+1 (what differs)
//	                                   │                  └──► change, for the feed
//	                                   │                  └──► featured lists 特色服务清单, at the end of the act
//	                                   └──► search document; proposals to lists that follow
//	upload ──TakeFile──► draft ──► version, template: each holds the files its guide names
//	person ──Search──► Index (in memory) ──► Guide(code) = version in force
//	case   ──ByVersion──► the version it pins, for ever
//	change ─commit─► RunFeed: position 1, 2, 3 … ─► Changes(after) · job ─► subscriber, signed
//	two versions ──Diff──► what is asked, longer, dearer, in words
package catalog
