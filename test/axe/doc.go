// Package axe holds pages of a running platform against the accessibility
// rules of axe-core (WCAG 2.2 A and AA) and against sideways scrolling, in the
// tab in which a test has them open.
//
//	Browser ──► Chromium ──► a tab, where the test has a page open
//	                                   │
//	            Look ──► axe-core ─────┘──► violations
//
// It owns how pages are looked at; which pages there are, and in which window,
// the journeys know. It opens no page, and never calls a page good that it could
// not look at.
package axe
