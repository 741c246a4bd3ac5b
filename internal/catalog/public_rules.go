package catalog

import (
	"slices"

	"github.com/tongban/tongban/internal/form"
)

// Which decisions on an item are made public (Basics.Publish).
const (
	PublishAll    = "all"    // 准予和不予
	PublishGrants = "grants" // 只公开准予
	PublishNone   = "none"   // 不公开
)

// Publishes says which decisions on the item are published: what the guide says,
// else grants and refusals of licences 行政许可 (行政许可法 第五条、第四十条) and
// nothing of the other types, which are mostly about persons and families.
func (g *Guide) Publishes() string {
	switch {
	case g.Basics.Publish != "":
		return g.Basics.Publish
	case g.Basics.Type == licensing:
		return PublishAll
	}
	return PublishNone
}

// publicRules are about decisions made public 决定公开.
var publicRules = []Rule{
	{Key: "publish-code", Severity: Blocks, Element: "results", Rests: "行政许可法 第四十条", ZH: "“%s”不是决定公开的方式，应为：all、grants、none", EN: "“%s” is no way to publish decisions: all, grants or none", reads: "basics",
		find: func(s *subject, say say) {
			if p := s.g.Basics.Publish; !slices.Contains([]string{"", PublishAll, PublishGrants, PublishNone}, p) {
				say("basics/publish", p)
			}
		}},
	{Key: "publish-ground", Severity: Blocks, Element: "results", Rests: "行政许可法 第五条、第四十条", ZH: "行政许可的决定应当公开；准予、不予不全部公开的，写明理由和依据", EN: "Decisions on licences are public; where not all of them are, say why", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; b.Type == licensing && (b.Publish == PublishNone || b.Publish == PublishGrants) && blank(b.PublishGround) {
				say("basics/publishGround")
			}
		}},
	{Key: "publish-ground-idle", Severity: Warns, Element: "results", Rests: "行政许可法 第四十条", ZH: "决定全部公开的，不填写不公开的理由", EN: "All decisions are published: leave the ground out", reads: "basics",
		find: func(s *subject, say say) {
			if !blank(s.g.Basics.PublishGround) && s.g.Publishes() == PublishAll {
				say("basics/publishGround")
			}
		}},
	{Key: "publish-privacy", Severity: Blocks, Element: "results", Rests: "政府信息公开条例 第十五条", ZH: "行政给付涉及个人和家庭的生活状况，决定不得在平台公开", EN: "Benefits tell of people's circumstances: decisions on them are not published", reads: "basics",
		find: func(s *subject, say say) {
			if b := s.g.Basics; b.Type == "05" && slices.Contains(b.Audience, "1") && s.g.Publishes() != PublishNone {
				say("basics/publish")
			}
		}},
	{Key: "publish-fields", Severity: Blocks, Element: "results", Rests: "政府信息公开条例 第十五条", ZH: "决定公开的内容“%s”不是表单的字段，或者是姓名、号码、电话、邮箱等个人信息", EN: "“%s” is no field of the form, or holds personal data, and cannot be published", reads: "basics form",
		find: func(s *subject, say say) {
			for _, name := range s.g.Basics.PublishFields {
				if s.f != nil && !mayPublish(s.f.Field(name)) {
					say("basics/publishFields", name)
				}
			}
		}},
}

// personalFormats are those of answers that are about a person.
var personalFormats = []string{"person-name", "cn-id", "cn-mobile", "email"}

// mayPublish reports whether a field's answers may be published at all.
func mayPublish(f *form.Field) bool {
	return f != nil && f.Type != form.Rows && !f.Sensitive && !slices.Contains(personalFormats, f.Format) &&
		f.Widget != form.IDNumber && f.Widget != form.Phone
}
