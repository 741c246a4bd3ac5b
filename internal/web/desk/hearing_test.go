package desk_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// reviewed brings a road case to its decision.
func reviewed(c *worktest.City) string {
	no := c.Apply()
	c.Login("clerk-lx").Act(no, "accept").To("/desk/cases/" + no)
	for _, login := range []string{"reviewer-lx-cgj", "reviewer-lx-jj"} {
		c.Login(login).Act(no, "review", "agree", "yes", "opinion", "同意。").To("/desk/cases/" + no)
	}
	return no
}

// TestHearing is a hearing at the desk: told, asked for at the window, called in
// time, recorded with the signed paper, and the decision follows the record.
func TestHearing(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := reviewed(c)
		at := "/desk/cases/" + no
		decider, clerk := c.Login("decider-lx-spj"), c.Login("clerk-lx")
		decider.Act(no, "hearing-tell", "interest", "").Status(http.StatusUnprocessableEntity).Has("请写明涉及的重大利益关系")
		decider.Act(no, "hearing-tell", "interest", "沿街商户的通行").To(at)
		decider.Get(at).Has("申请听证期限", "行政许可听证告知书", "已告知").Lacks(`action="` + at + `/acts/decide"`)
		clerk.Act(no, "hearing-ask", "reason", "影响经营").To(at)
		decider.Get(at).Has("申请听证", "影响经营", "组织听证期限")
		call := []string{"place", "第一会议室", "presider", "decider-lx-spj", "public", "yes", "days", "15"}
		near := c.Clock.Now().Add(3 * 24 * time.Hour).Format("2006-01-02 15:04")
		decider.Act(no, "hearing-call", append(call, "at", near)...).Status(http.StatusUnprocessableEntity).Has("七日前通知", "第一会议室")
		date := c.Clock.Now().Add(14 * 24 * time.Hour).Format("2006-01-02 15:04")
		decider.Act(no, "hearing-call", append(call, "at", date)...).To(at)
		page := decider.Get(at).Has("特别程序", "行政许可听证通知书", "第一会议室", "更改听证时间地点")
		page.Lacks(at + "/acts/resume")
		c.Later(15 * 24 * time.Hour)
		decider, clerk = c.Login("decider-lx-spj"), c.Login("clerk-lx")
		in := decider.Get(at).Form(at + "/acts/hearing-record")
		in.Set("signed", "蒋涛、商户代表")
		decider.Post(at+"/acts/hearing-record", in).Status(http.StatusUnprocessableEntity).Has("请填写听证笔录")
		in.Set("text", "各方陈述、质证完毕。")
		decider.Upload(at+"/acts/hearing-record", in, "笔录.pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")).To(at)
		page = decider.Get(at).Has("各方陈述、质证完毕。", "笔录.pdf", "已阅听证笔录")
		decider.Get(page.First(at + "/files/")).Status(http.StatusOK)
		clerk.Act(no, "object", "reason", "施工围挡应留出入口", "who", "商户代表").To(at)
		decider.Act(no, "decide", "grant", "yes").Status(http.StatusUnprocessableEntity).Has("须先阅读听证笔录").Has("施工围挡应留出入口")
		form := decider.Get(at).Form(at + "/acts/decide")
		number := c.RecordNumber(no)
		form.Set("grant", "yes")
		form.Set("record", number)
		decider.Post(at+"/acts/decide", form).To(at)
		decision := decider.Get(decider.Get(at).Link("准予行政许可决定书")).Status(http.StatusOK)
		decision.Has("第四十八条第二款", number)
	})
}

// TestLateReview: a department over its days is seen in its list, on the case
// and by the supervisor, while the case itself is in time.
func TestLateReview(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		at := "/desk/cases/" + no
		c.Login("clerk-lx").Act(no, "accept").To(at)
		municipal := c.Login("reviewer-lx-cgj")
		municipal.Get("/desk").Has("本环节限5个工作日")
		municipal.Act(no, "claim").To(at)
		municipal.Get("/desk").Has("邱欣悦领办")
		c.Login("reviewer-lx-jj").Act(no, "review", "agree", "yes", "opinion", "同意。").To(at)
		c.Later(9 * 24 * time.Hour)
		c.Must(c.Casework.Tick(t.Context()))
		municipal = c.Login("reviewer-lx-cgj")
		municipal.Get("/desk").Has("超期", "已催办")
		municipal.Get(at).Has("环节超期", "限5个工作日，已用7个，超期")
		sup := c.Login("supervisor-lx")
		sup.Get("/console").Has("环节超期", "figure=step-late")
		sup.Get("/console/list?figure=step-late").Status(http.StatusOK).Has(no[31:39])
		sup.Get("/console/list?figure=late").Lacks(at)
	})
}

// TestOffice: sent back within the office, another department asked, somebody
// stands aside, and new tasks handed out by load.
func TestOffice(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := reviewed(c)
		at := "/desk/cases/" + no
		decider := c.Login("decider-lx-spj")
		decider.Act(no, "send-back", "reason", "").Status(http.StatusUnprocessableEntity).Has("请选择退回到哪个环节")
		decider.Act(no, "send-back", "stage", "1", "reason", "补充管线位置").To(at)
		decider.Get(at).Has("退回前一环节", "补充管线位置", "审查中")
		municipal := c.Login("reviewer-lx-cgj")
		page := municipal.Act(no, "ask-opinion", "unit", "lx-spj", "days", "3", "reason", "是否涉及地铁保护区")
		page.To(at)
		municipal.Get(at).Has("征求意见", "是否涉及地铁保护区")
		municipal.Act(no, "recuse", "reason", "与申请人有亲属关系").Status(http.StatusSeeOther)
		municipal.Get(at).Status(http.StatusForbidden).Has("您已回避本办件")
		if strings.Contains(municipal.Get("/desk").Body, at) {
			t.Error("the row is still in the list of who stands aside")
		}
		unit := strconv.FormatInt(c.Refs.Units["lx-spj"], 10)
		list := decider.Get("/desk?role=decider&unit="+unit).Has("人员负荷", "开启自动分办")
		decider.Post("/desk/units/"+unit+"/fair", list.Form("/desk/units/"+unit+"/fair")).To("/desk?")
		decider.Get("/desk?role=decider&unit="+unit).Has("关闭自动分办", "自动分办已开启")
	})
}
