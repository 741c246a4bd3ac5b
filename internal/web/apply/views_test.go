package apply

import (
	"testing"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/web"
	"github.com/tongban/tongban/internal/web/caseview"
	"github.com/tongban/tongban/internal/web/webtest"
)

// TestViews holds the wizard's pages to their types, for applicants and clerks.
func TestViews(t *testing.T) {
	rt := webtest.New(t)
	style, err := caseview.NewStyle()
	if err != nil {
		t.Fatal(err)
	}
	z := New(Config{Renderer: rt, Style: style, Prefix: "/apply"})
	steps := web.Steps{Items: []web.Step{{Title: "告知", Href: "/apply/1/privacy"}, {Title: "填写", Href: "/apply/1/form/a"}, {Title: "核对提交"}}, Now: 1}
	plain := Frame{Item: "食品经营许可", Party: "某公司", Steps: steps, Guide: web.Link{Href: "/items/X", Text: "查看办事指南"}, Consult: "12345", Discard: web.Action{URL: "/apply/1/discard", Text: "删除草稿"}}
	correcting := plain
	mending := correcting
	mending.Notice = Notice{Mend: true, Case: web.Link{Href: "/desk/cases/1", Text: "查看办件"}}
	correcting.Notice = Notice{Until: "还剩 3 个工作日", Asks: []web.Fact{{Key: "营业执照", Lines: []string{"请上传"}}}, Case: web.Link{Href: "/my/cases/1", Text: "查看办件"}}
	staff := plain
	staff.Staff, staff.Shell = true, web.Desk
	told := web.FieldView{ID: "f-told", Name: "told", Widget: "checkbox", Options: []web.OptionView{{ID: "f-told", Value: "true", Label: "已知晓"}}}
	wrong := told
	wrong.Error = "请先阅读"
	webtest.Check(t, z.privacyV, PrivacyPage{Frame: plain, Action: "/apply/1/privacy", Processor: "审批局", Purpose: "办理", Retention: "五年", Basis: "第十三条", Data: []string{"姓名"}, Shared: []string{"监管部门"}, Told: told}, PrivacyPage{Frame: staff, Action: "/x", Told: wrong})
	form := web.FormView{ID: "abc", Heading: "经营者", Help: "如实填写", Action: "/apply/1/form/a", Autosave: "/apply/1/autosave", Saved: "上次保存", Submit: "保存并下一步", Back: web.Link{Href: "/apply/1/privacy", Text: "上一步"},
		Hidden: []web.Hidden{{Name: "_step", Value: "a"}}, Fields: []web.FieldView{{ID: "f-a", Name: "a", Label: "名称", Error: "请填写名称"}}}
	webtest.Check(t, z.formV, FormPage{Frame: plain, Form: form}, FormPage{Frame: correcting, Form: form}, FormPage{Frame: mending, Form: form}, FormPage{Frame: staff, Form: form})
	part := MaterialPart{Anchor: "m-m01", Asked: []string{"请上传"}, Facts: []string{"可以拍照"}, Uploads: web.Uploads{ID: "u-m01", Title: "营业执照", Tag: web.Tag{Text: "必须提交"}, Help: "清晰", Error: "太大", URL: "/u", Accept: ".pdf", Limit: "PDF",
		Files:    []web.File{{Name: "a.pdf", Href: "/f", Size: 10, Delete: web.Action{URL: "/d", Text: "删除", Confirm: "确定吗？"}}},
		Licences: []web.LicencePick{{Text: "营业执照", Soft: "已持有", Use: web.Action{URL: "/l", Text: "使用"}}}}}
	used := MaterialPart{Anchor: "m-m02", Licence: "身份证", Taken: web.Action{URL: "/l", Text: "改为上传"}, Paper: web.Action{URL: "/p", Text: "登记"}, Seen: true, Uploads: web.Uploads{ID: "u-m02", Title: "身份证", Tag: web.Tag{Text: "已提交"}}}
	closed := MaterialPart{Anchor: "m-m03", Closed: true, Uploads: web.Uploads{ID: "u-m03", Title: "其他", Tag: web.Tag{Text: "已提交"}}}
	webtest.Check(t, z.materialsV, MaterialsPage{Frame: plain, Action: "/n", Left: 1, List: []MaterialPart{part, used}}, MaterialsPage{Frame: correcting, Action: "/n", Back: "/b", List: []MaterialPart{part, closed}})
	webtest.Check(t, z.promiseV, PromisePage{Frame: plain, Action: "/apply/1/promise", Version: 2, Next: "/n", Before: "/b", Signed: "张三 已签署承诺书", Back: web.Action{URL: "/apply/1/promise", Text: "取消承诺", Hidden: []web.Hidden{{Name: "none", Value: "true"}}},
		Choices: []web.FieldView{{ID: "f-later", Name: "later", Widget: "checkboxes", Label: "以后补交", Options: []web.OptionView{{ID: "f-later-m02", Value: "m02", Label: "平面图", Soft: "标明尺寸"}}}},
		Texts:   []PromiseText{{Title: "容缺受理承诺书", Body: []string{"承诺补齐。"}, Facts: web.Facts{Rows: []web.Fact{{Key: "平面图", Value: "标明尺寸"}}}}}, Hidden: []web.Hidden{{Name: "hash", Value: "00"}}, Sign: web.FieldView{ID: "f-name", Name: "name", Label: "签署姓名", Error: "请签署姓名"}},
		PromisePage{Frame: staff, Action: "/x", Next: "/n"})
	later := correcting
	later.Notice.Later = true
	webtest.Check(t, z.checkV, CheckPage{Frame: later, Action: "/s", Button: "提交补齐的材料"})
	webtest.Check(t, z.deliveryV, DeliveryPage{Frame: plain, Action: "/d", Back: "/b", Fields: NewDeliveryFields(web.Page{}, []string{"electronic", "pickup", "post"}, "窗口", casework.Delivery{Way: "post", Name: "陈佳怡"}, map[string]string{"way": "请选择", "phone": "应为11位"})})
	facts := web.Facts{Rows: []web.Fact{{Key: "名称", Value: "公司"}, {Key: "人员", Lines: []string{"1. 张三"}}}}
	webtest.Check(t, z.checkV, CheckPage{Frame: plain, Action: "/s", Version: 3, Button: "提交", Limits: "五天", Sections: []Section{{Title: "经营者", Change: web.Link{Href: "/c", Text: "修改"}, Facts: facts}}},
		CheckPage{Frame: correcting, Action: "/s", Button: "提交补正", Missing: []web.Link{{Href: "/m", Text: "请提交材料"}}})
	webtest.Check(t, z.heldV, HeldPage{Frame: plain, Action: "/apply/1/held", Before: "/b", Pick: web.FieldView{ID: "f-held", Name: "held", Widget: "radio", Label: "要延续哪一份证照", Error: "请选择",
		Options: []web.OptionView{{ID: "f-held-1", Value: "1", Label: "食品经营许可证 JY-1", Soft: "有效期至 2026-05-01"}}}}, HeldPage{Frame: staff, Empty: web.Empty{Title: "没有可以办理的证照", Link: web.Link{Href: "/items/X", Text: "查看办事指南"}}})
	webtest.Covered(t, rt, "templates/privacy.html", "templates/held.html", "templates/form.html", "templates/materials.html", "templates/promise.html", "templates/delivery.html", "templates/check.html")
}
