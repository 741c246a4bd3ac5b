// Package axe holds pages of a running platform against the accessibility
// rules of axe-core (WCAG 2.2 A and AA) and against sideways scrolling, in
// Chromium.
//
//	journey ──► Run(pages) ──► node run.mjs ──► Chromium ──► page
//	   ▲                           │
//	   └──── Report: violations ◄──┘
//
// It owns how pages are looked at; which pages there are, the journeys know.
// It never opens a page that is not on this machine, and never calls a page
// good that it could not look at.
package axe
