package caseview

import (
	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
)

// Trust tags 证照可信等级 of what was handed in; nothing handed in has no tag.
func Trust(p web.Page, t casework.Trust) web.Tag {
	if t == "" {
		return web.Tag{}
	}
	tone := web.OK
	if t == casework.TrustC {
		tone = web.Note
	}
	return web.Tag{Tone: tone, Text: p.Tr(t.Words())}
}
