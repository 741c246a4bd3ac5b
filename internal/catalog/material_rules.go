package catalog

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	keyPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	fileKinds  = []string{"pdf", "jpg", "jpeg", "png", "ofd", "docx", "xlsx"}
	// tooMany is how many required documents make a steward look again.
	tooMany = 12
)

// ofMaterials is a rule about each material; words of find come after the
// material's name.
func ofMaterials(key string, severity Severity, rests, zh, en string, find func(s *subject, m Material, say say)) Rule {
	return Rule{Key: key, Severity: severity, Element: "materials", Rests: rests, ZH: zh, EN: en, reads: "materials form",
		find: func(s *subject, say say) {
			for _, m := range s.g.Materials {
				find(s, m, func(path string, args ...any) {
					say(strings.TrimSuffix(loc("materials", m.Code, path), "/"), args...)
				})
			}
		}}
}

// codedMaterial is the rule that a value of each material is in its code table.
func codedMaterial(name string, table []string, get func(Material) string) Rule {
	return ofMaterials("material-"+name, Blocks, "实施清单要素代码表", "“%s”不在代码表中，应为："+strings.Join(table, "、"), "“%s” is not in the code table: "+strings.Join(table, ", "),
		func(_ *subject, m Material, say say) {
			if v := get(m); !slices.Contains(table, v) {
				say(name, v)
			}
		})
}

// materialRules are about 办理材料.
var materialRules = []Rule{
	{Key: "material-code", Severity: Blocks, Element: "materials", Rests: "第二十一条", ZH: "材料代号“%s”缺失、重复或者格式不正确，应如 m01", EN: "The material's code “%s” is missing, repeated or not like m01", reads: "materials",
		find: func(s *subject, say say) {
			seen := map[string]bool{}
			for _, m := range s.g.Materials {
				if !keyPattern.MatchString(m.Code) || seen[m.Code] {
					say(loc("materials", m.Code), m.Code)
				}
				seen[m.Code] = true
			}
		}},
	ofMaterials("material-complete", Blocks, "第七条", "材料缺少%s", "The material has no %s", func(_ *subject, m Material, say say) {
		if blank(m.Name) {
			say("name", words{"名称", "name"})
		}
		if blank(m.Standard) {
			say("standard", words{"受理标准", "standard"})
		}
	}),
	codedMaterial("kind", []string{"certificate", "document", "other"}, func(m Material) string { return m.Kind }),
	codedMaterial("necessity", []string{"required", "optional", "tolerant"}, func(m Material) string { return m.Necessity }),
	codedMaterial("media", []string{"electronic", "paper", "both"}, func(m Material) string { return m.Media }),
	codedMaterial("source", []string{"self", "government", "other"}, func(m Material) string { return m.Source }),
	ofMaterials("material-formats", Blocks, "第二十一条", "没有“%s”这种文件格式", "There is no file format “%s”", func(_ *subject, m Material, say say) {
		for _, f := range m.Formats {
			if !slices.Contains(fileKinds, f) {
				say("formats", f)
			}
		}
	}),
	ofMaterials("paper-law", Blocks, "第二十一条", "只收纸质材料必须引用法律、法规（名称以“法”“条例”结尾，或者国务院令），通知、办法不行", "Paper alone may be asked only by a law or regulation; name it. A notice will not do",
		func(_ *subject, m Material, say say) {
			if (m.Media == "paper" || !blank(m.PaperLaw)) && !citesLaw(m.PaperLaw) {
				say("paperLaw")
			}
		}),
	ofMaterials("material-name-vague", Blocks, "第七条", "材料名称不得使用“%s”一类的兜底表述，请逐项写明", "A material's name may not be open-ended (“%s”): list what is meant", func(_ *subject, m Material, say say) {
		if v := vagueIn(m.Name, true); v != "" {
			say("name", v)
		}
	}),
	ofMaterials("material-lines", Blocks, "第二十一条", "缺少补正要点，窗口将无法一次性告知", "Without lines the window cannot say at once what is missing", func(_ *subject, m Material, say say) {
		if len(m.Lines) == 0 {
			say("lines")
		}
	}),
	ofMaterials("line-complete", Blocks, "第二十一条", "补正要点“%s”没有内容，或者代号重复", "Line “%s” has no text, or its code is repeated", func(_ *subject, m Material, say say) {
		seen := map[string]bool{}
		for _, l := range m.Lines {
			if blank(l.Text) || blank(l.Code) || seen[l.Code] {
				say(loc("lines", l.Code), l.Code)
			}
			seen[l.Code] = true
		}
	}),
	ofMaterials("line-tells", Warns, "第二十一条", "补正要点没有说明申请人要做什么，请写成“请……”", "The line does not say what the applicant has to do; write “please …”", func(_ *subject, m Material, say say) {
		for _, l := range m.Lines {
			if !blank(l.Text) && !strings.ContainsAny(l.Text, "请应须需要补换改可由") {
				say(loc("lines", l.Code))
			}
		}
	}),
	ofMaterials("material-when", Blocks, "第七条", "%s", "%s", func(s *subject, m Material, say say) {
		if why := s.wrongWhen(m.When); why != (words{}) {
			say("when", why)
		}
	}),
	ofMaterials("material-twice", Blocks, "第二十一条", "与材料%s同名，并且可能同时要求；请合并，或者写明各自适用的情形", "Has the name of material %s and may be asked together with it: merge them, or say when each is asked",
		func(s *subject, m Material, say say) {
			for _, o := range s.g.Materials {
				if o.Code == m.Code {
					return
				}
				if o.Name == m.Name && (o.When == nil || m.When == nil || o.When.Field != m.When.Field || slices.ContainsFunc(o.When.In, func(v string) bool { return slices.Contains(m.When.In, v) })) {
					say("name", o.Code)
				}
			}
		}),
	ofMaterials("licence-from-applicant", Blocks, "第二十六条", "能用电子证照替代的材料由政府核发，来源不应是申请人自备", "What a licence replaces is issued by the government, not made by the applicant", func(_ *subject, m Material, say say) {
		if m.LicenceType != "" && m.Source == "self" {
			say("source")
		}
	}),
	ofMaterials("issuer", Warns, "第七条", "政府部门核发的材料应写明出具机构", "Say who issues what the government issues", func(_ *subject, m Material, say say) {
		if m.Source == "government" && blank(m.Issuer) {
			say("issuer")
		}
	}),
	ofMaterials("without-licence", Hints, "第二十六条", "政府核发的证件证明没有对应的电子证照，请确认能否免提交", "A certificate of the government without a licence type: could it be spared?", func(_ *subject, m Material, say say) {
		if m.Source == "government" && m.Kind == "certificate" && m.LicenceType == "" && m.Required() {
			say("licenceType")
		}
	}),
	ofMaterials("material-basis", Hints, "第七条", "没有写要求这项材料的依据", "The basis for asking for it is not given", func(_ *subject, m Material, say say) {
		if m.Required() && m.Source == "self" && blank(m.Basis) {
			say("basis")
		}
	}),
	ofMaterials("copies-of-files", Warns, "第二十一条", "电子材料不需要交%s份", "A file is not needed %s times", func(_ *subject, m Material, say say) {
		if m.Media == "electronic" && m.Copies > 1 {
			say("copies", strconv.Itoa(m.Copies))
		}
	}),
	ofMaterials("copy-of-file", Warns, "第二十一条", "材料名称写有“复印件”，网上提交的是照片或者文件，请改为证件名称", "The name asks for a photocopy: online it is a picture of the paper; name the paper", func(_ *subject, m Material, say say) {
		if m.Media != "paper" && strings.Contains(m.Name, "复印件") {
			say("name")
		}
	}),
	ofMaterials("material-files", Blocks, "第七条", "空白表格、示例样表应是上传的文件，或者完整的 https:// 网址", "A blank form or an example is an uploaded file, or a whole https:// address", func(_ *subject, m Material, say say) {
		for _, x := range [][2]string{{"blankForm", m.BlankForm}, {"sampleFile", m.SampleFile}} {
			if to := x[1]; to != "" && !soundAddress(to) {
				say(x[0])
			}
		}
	}),
	{Key: "nobody-reads", Severity: Warns, Element: "materials", Rests: "第十条", ZH: "要求提交材料，却没有审查环节使用这些材料；请补审查环节，或者不要材料", EN: "Materials are asked and no step looks at them: add a review, or ask for none", reads: "materials steps basics",
		find: func(s *subject, say say) {
			looks := slices.ContainsFunc(s.g.Steps, func(st Step) bool { return st.Kind == StepReview || st.Kind == StepDecide && st.Role != "" })
			if len(s.g.Materials) > 0 && len(s.g.Steps) > 0 && !looks {
				say("materials")
			}
		}},
	{Key: "many-materials", Severity: Warns, Element: "materials", Rests: "第十条", ZH: "必须提交的材料有%s份，请核对能否精简、共享或者由电子证照替代", EN: "%s documents are required: can some be dropped, shared or replaced by a licence?", reads: "materials",
		find: func(s *subject, say say) {
			n := 0
			for _, m := range s.g.Materials {
				if m.Required() && m.When == nil && m.LicenceType == "" {
					n++
				}
			}
			if n > tooMany {
				say("materials", strconv.Itoa(n))
			}
		}},
}
