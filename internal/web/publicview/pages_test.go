package publicview

import (
	"testing"

	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestPages renders the page in its states, in all modes.
func TestPages(t *testing.T) {
	rt := webtest.New(t)
	v := NewView(rt)
	facts := web.Facts{Rows: []web.Fact{{Key: "办件编号", Value: "1"}}}
	form := Form{ID: "ask", URL: "/my/cases/1/publicity", Title: "请求不公开", Words: "说明", Button: "提交", Open: true,
		Fields: []web.FieldView{{ID: "ask-ground", Name: "ground", Widget: "radio", Label: "理由", Options: []web.OptionView{{ID: "ask-ground-privacy", Value: "privacy", Label: "个人隐私"}}}, {ID: "ask-reason", Name: "reason", Widget: "textarea", Label: "具体理由", Error: "请写明"}}}
	answer := form
	answer.ID, answer.URL = "answer-1", "/desk/cases/1/publicity/1/answer"
	answer.Fields = []web.FieldView{{ID: "answer-1-reason", Name: "reason", Widget: "textarea", Label: "理由"}}
	page := Page{Page: web.Page{Title: "决定公开", Lang: "zh-CN", Path: "/my/cases/1/publicity"}, Back: web.Link{Href: "/my/cases/1", Text: "返回办件"}, No: "1", State: web.Tag{Tone: web.OK, Text: "已公开"},
		Words: "说明", Facts: facts, Public: web.Link{Href: "/decisions/1", Text: "公众看到的内容"}, Ask: form, Marks: []Mark{{Title: "提请不予公开", State: web.Tag{Text: "等待答复"}, Facts: facts, Answer: answer}}}
	bare := Page{Page: page.Page, Back: page.Back, No: "1", State: web.Tag{Text: "还没有"}, Facts: facts}
	webtest.Check(t, v, page, bare)
	webtest.Covered(t, rt, "templates/case.html")
}
