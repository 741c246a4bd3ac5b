package desk_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestRoad is the day of a road case: accepted at the window, reviewed by two
// departments side by side, decided by a third person, handed over.
func TestRoad(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		clerk := c.Login("clerk-lx")
		queue := clerk.Get("/desk").Status(http.StatusOK).Has("占用、挖掘城市道路审批", "无锡运河样本市政工程有限公司", "还剩5个工作日", `data-row`)
		list := "/desk?role=window-clerk&unit=" + strconv.FormatInt(c.Refs.Units["lx-zx"], 10)
		queue.Has("from=" + url.QueryEscape(list)) // rows know the way back
		page := clerk.Get("/desk/cases/"+no).Status(http.StatusOK).Has("营业执照", "施工组织方案.pdf", "办理时限", "收件受理", "130****0021", "受理", "一次性告知补正", "不予受理").
			Has("有施工方案、交通组织方案和安全防护").Lacks("已取得规划部门批准签发的文件"). // a decline cites what holds: nothing is dug up here
			Lacks("13000000021")                              // masked
		in := page.Form("/desk/cases/" + no + "/acts/accept")
		in.Set("from", list)
		to := clerk.Post("/desk/cases/"+no+"/acts/accept", in).To("/desk?")
		if !strings.Contains(to, "done="+no) || !strings.Contains(to, "unit="+strconv.FormatInt(c.Refs.Units["lx-zx"], 10)) {
			t.Errorf("the list does not stay where it was, or does not learn what was done: %s", to)
		}
		clerk.Get(to).Has("受理", "打印行政许可申请受理通知书")
		if strings.Contains(clerk.Get("/desk").Body, "/desk/cases/"+no) {
			t.Error("an accepted case is still in the window's list")
		}

		municipal := c.Login("reviewer-lx-cgj")
		municipal.Act(no, "review", "opinion", "").Status(http.StatusUnprocessableEntity).Has("请选择同意或者不同意")
		municipal.Act(no, "review", "agree", "yes").Status(http.StatusUnprocessableEntity).Has("请填写审查意见")
		municipal.Act(no, "review", "agree", "no", "opinion", "围挡占用盲道，需要调整。").To("/desk/cases/" + no)
		municipal.Get("/desk/cases/"+no).Has("不同意", "围挡占用盲道", "由无锡市公安局梁溪分局交通警察大队办理")
		traffic := c.Login("reviewer-lx-jj")
		traffic.Get("/desk/cases/"+no).Has("围挡占用盲道", "邱欣悦")
		traffic.Act(no, "review", "agree", "yes", "opinion", "交通组织可行。").To("/desk/cases/" + no)

		decider := c.Login("decider-lx-spj")
		decider.Get("/desk/cases/"+no).Has("无锡市梁溪区城市管理局不同意", "围挡占用盲道，需要调整。", "准予", "不予", "延长办理期限", "专家评审")
		decider.Act(no, "decide", "grant", "no").Status(http.StatusUnprocessableEntity).Has("请写明不予的理由")
		decider.Act(no, "decide", "grant", "yes", "words", "按审查意见调整围挡后实施。").To("/desk/cases/" + no)
		decider.Get("/desk/cases/"+no).Has("待送达", "准予行政许可决定书")

		c.Later(time.Hour)
		clerk = c.Login("clerk-lx")
		clerk.Get("/desk").Has("送达", no[31:39])
		clerk.Act(no, "hand-over", "recipient", "蒋涛").Status(http.StatusConflict).Has("还没有缴纳")
		bill := clerk.Get("/desk/cases/" + no).Has("需要缴费").First("/desk/fees/")
		clerk.Get("/desk/fees").Has(bill)
		clerk.Post(bill+"/take", url.Values{"version": {"1"}, "method": {"pos"}}).Status(http.StatusUnprocessableEntity).Has("请填写刷卡小票上的参考号")
		clerk.Post(bill+"/take", url.Values{"version": {"1"}, "method": {"cash"}}).To(bill)
		clerk.Get(bill).Has("已缴费", "已到账", "现金").Lacks("确认收款")
		clerk.Post("/desk/fees/till", url.Values{"cash": {"0"}, "pos": {"0"}}).Status(http.StatusUnprocessableEntity).Has("清点的金额与账面不一致")
		clerk.Act(no, "hand-over", "recipient", "").Status(http.StatusUnprocessableEntity).Has("请填写领取人姓名")
		clerk.Act(no, "hand-over", "recipient", "蒋涛").To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("已办结", "准予", "领取人：蒋涛", "送达回证", "办件已经办结", "请申请人扫码评价")
		clerk.Get(clerk.Get("/desk/cases/"+no).First("/desk/documents/")).Status(http.StatusOK).Has("送达回证", "请评价这次服务", "扫码评价这次服务").Lacks("现在评价")
		decider.Get("/desk/cases/" + no).Lacks("请申请人扫码评价")
	})
}

// TestCorrection tells once everything that is missing, picked from the guide.
func TestCorrection(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		clerk := c.Login("clerk-lx")
		at := "/desk/cases/" + no + "/acts/request-correction"
		page := clerk.Get(at).Status(http.StatusOK).Has("请在图上标明道路名称", "未提交：请提交“营业执照”。", "更正“工程（活动）名称”", "现在填写")
		in := page.Form(at)
		clerk.Post(at, in).Status(http.StatusUnprocessableEntity).Has("请勾选需要补正的内容")
		in["ask"] = []string{"m|m03|a", "f|project"}
		in.Set("note:m|m03|a", "长度没有标。")
		in.Set("go", "show")
		notice := clerk.Post(at, in).Status(http.StatusOK).Has("核对补正告知", "2 项", "请在图上标明道路名称", "长度没有标。", "请更正“工程（活动）名称”。", "15个工作日")
		send := notice.Form(at)
		send.Set("go", "edit")
		edit := clerk.Post(at, send).Status(http.StatusOK).Has("长度没有标。")
		if got := edit.Form(at)["ask"]; len(got) != 2 {
			t.Errorf("going back lost ticks: %v", got)
		}
		send.Set("go", "send")
		clerk.Post(at, send).To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("待补正", "等待补正的内容", "长度没有标。", "窗口代收补正材料")
		// the same notice sent again, as a second click does, is no conflict
		clerk.Post(at, send).Status(http.StatusSeeOther)
		// the applicant brings it to the window
		to := clerk.Post("/desk/cases/"+no+"/correct", url.Values{}).To("/desk/apply/")
		clerk.Get(to).Status(http.StatusSeeOther)
	})
}

// TestNewFact: a second notice asks for what the first did, and for more only on
// a new fact, which is shown before it is sent and printed.
func TestNewFact(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		clerk, boss := c.Login("clerk-lx"), c.Company("yunhe-shizheng", "jiang-tao")
		at := "/desk/cases/" + no + "/acts/request-correction"
		in := clerk.Get(at).Lacks("因新的事实追加").Form(at)
		in["ask"] = []string{"m|m03|a"}
		in.Set("go", "send")
		clerk.Post(at, in).To("/desk/cases/" + no)
		c.Later(time.Hour)
		d, err := c.Casework.OpenCorrection(t.Context(), boss, no)
		c.Must(err)
		_, err = c.Casework.Submit(t.Context(), boss, d.ID, casework.SubmitInput{})
		c.Must(err)
		c.Later(time.Hour)
		clerk = c.Login("clerk-lx")
		in = clerk.Get(at).Status(http.StatusOK).Has("这个办件已经告知过一次", "因新的事实追加", "新的事实从哪里得知").Form(at)
		in["ask"] = []string{"m|m03|a", "f|project"}
		in.Set("go", "send")
		clerk.Post(at, in).Status(http.StatusUnprocessableEntity).Has("补正内容须一次性告知")
		in.Set("fact-source", "correction")
		in.Set("fact-what", "名称与规划不符")
		clerk.Post(at, in).Status(http.StatusUnprocessableEntity).Has("没有变化，当时就可以发现")
		in.Set("fact-source", "outside")
		clerk.Post(at, in).Status(http.StatusUnprocessableEntity).Has("请写明从哪里得知", "请填写得知的日期", "名称与规划不符")
		on := c.Clock.Now()
		in.Set("fact-on.y", strconv.Itoa(on.Year()))
		in.Set("fact-on.m", strconv.Itoa(int(on.Month())))
		in.Set("fact-on.d", strconv.Itoa(on.Day()))
		in.Set("fact-from", "规划部门来函")
		in.Set("go", "show")
		send := clerk.Post(at, in).Status(http.StatusOK).Has("核对补正告知", "新的事实", "名称与规划不符", "规划部门来函").Form(at)
		send.Set("go", "send")
		clerk.Post(at, send).To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("待补正", "规划部门来函")
	})
}

// TestMend: the applicant at the counter corrects; nothing else changes.
func TestMend(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		clerk := c.Login("clerk-lx")
		at := "/desk/cases/" + no + "/mend"
		clerk.Post(at, url.Values{"version": {"1"}}).Status(http.StatusUnprocessableEntity).Has("请确认申请人在场")
		c.Login("reviewer-lx-cgj").Post(at, url.Values{"version": {"1"}, "present": {"yes"}}).Status(http.StatusForbidden)
		in := clerk.Get("/desk/cases/"+no).Has("当场更正", "申请人在场").Form(at)
		in.Set("present", "yes")
		draft := clerk.Post(at, in).To("/desk/apply/")
		clerk.Get(clerk.Get(draft).To(draft+"/")).Status(http.StatusOK).Has("当场更正", "请由申请人当场更正").Lacks("请补正以下内容")
		v, err := c.Casework.View(t.Context(), c.Staff("clerk-lx"), no)
		c.Must(err)
		step := draft + "/form/" + v.Version.Form().Steps()[0].Key
		for _, s := range v.Version.Form().Steps() {
			if slices.ContainsFunc(s.Fields, func(f *form.Field) bool { return f.Name == "project" }) {
				step = draft + "/form/" + s.Key
			}
		}
		in = clerk.Get(step).Status(http.StatusOK).Form(step)
		in.Set("project", "更正后的工程名称")
		clerk.Post(step, in).Status(http.StatusSeeOther)
		check := clerk.Get(draft+"/check").Status(http.StatusOK).Has("确认更正", "更正后的工程名称").Form(draft + "/submit")
		done := clerk.Post(draft+"/submit", check).To("/desk/cases/" + no + "?done=mend")
		clerk.Get(done).Status(http.StatusOK).Has("已当场更正", "更正前", "更正后的工程名称", "已收件").Lacks("请打印收件凭证")
	})
}

// TestMoreTime: the window answers an applicant who needs more time to correct.
func TestMoreTime(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no, other := c.Apply(), c.Apply()
		clerk, boss := c.Login("clerk-lx"), c.Company("yunhe-shizheng", "jiang-tao")
		for _, n := range []string{no, other} {
			_, err := c.Casework.Perform(t.Context(), c.Staff("clerk-lx"), n, casework.RequestCorrection, casework.Input{Asks: []casework.Ask{{Material: "m03", Line: "a"}}})
			c.Must(err)
		}
		_, err := c.Casework.Perform(t.Context(), boss, no, casework.AskMoreTime, casework.Input{Days: 6, Reason: "图纸重绘需要时间"})
		c.Must(err)
		clerk.Get("/desk").Status(http.StatusOK).Has("答复补正延期申请")
		clerk.Get("/desk/cases/"+no).Has("申请人申请延长补正期限", "图纸重绘需要时间", `value="6"`)
		clerk.Act(no, "grant-more-time", "days", "x").Status(http.StatusUnprocessableEntity).Has("请填写整数")
		clerk.Act(no, "grant-more-time", "days", "99").Status(http.StatusUnprocessableEntity).Has("延长的天数应为1至15个工作日")
		clerk.Act(no, "grant-more-time", "reason", "情况属实").To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("同意延长补正期限", "补正期限延长告知书", "情况属实").Lacks("act-grant-more-time")
		clerk.Act(other, "ask-more-time", "days", "3", "reason", "申请人在窗口提出").To("/desk/cases/" + other)
		clerk.Act(other, "refuse-more-time").Status(http.StatusUnprocessableEntity).Has("请写明不予延长的理由")
		clerk.Act(other, "refuse-more-time", "reason", "材料简单").To("/desk/cases/" + other)
		clerk.Get("/desk/cases/"+other).Has("补正期限不予延长告知书", "材料简单")
	})
}

// TestNotOurs: whoever is competent instead is chosen or written.
func TestNotOurs(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no, other := c.Apply(), c.Apply()
		clerk := c.Login("clerk-lx")
		clerk.Get("/desk/cases/"+no).Has("不属于本单位职权", "应向哪个单位申请")
		clerk.Act(no, "decline", "ground", "competence", "reason", "国省道不归本区管理").Status(http.StatusUnprocessableEntity).Has("请写明应向哪个单位申请")
		clerk.Act(no, "decline", "ground", "competence", "reason", "国省道不归本区管理", "elsewhere", "无锡市交通运输局（演示）").To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("不予受理", "无锡市交通运输局（演示）", "第三十二条第一款第二项")
		v, err := c.Casework.View(t.Context(), c.Staff("clerk-lx"), other)
		c.Must(err)
		clerk.Act(other, "decline", "ground", "competence", "reason", "另有主管", "unit", v.Competent[0].Key).To("/desk/cases/" + other)
		clerk.Get("/desk/cases/" + other).Has(v.Competent[0].Name)
	})
}

// TestConflict: the second of two clerks sees what the first one did, and keeps
// what was typed.
func TestConflict(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		a, b := c.Login("clerk-lx"), c.Login("clerk2-lx")
		at := "/desk/cases/" + no + "/acts/"
		page := b.Get("/desk/cases/" + no)
		decline := page.Form(at + "decline")
		decline.Set("reason", "不属于本区道路。")
		accept := a.Get("/desk/cases/" + no).Form(at + "accept")
		a.Post(at+"accept", accept).To("/desk/cases/")
		b.Post(at+"decline", decline).Status(http.StatusConflict).Has("办件已有变化", "史晓东", "受理", "不属于本区道路。", "审查中")
		// a double click of the first clerk is answered like the first
		a.Post(at+"accept", accept).To("/desk/cases/")
		c.Later(5 * time.Minute)
		a.Post(at+"accept", accept).Status(http.StatusConflict)
		// an act without the version that was seen is not taken
		c2 := c.Apply()
		a.Post("/desk/cases/"+c2+"/acts/accept", url.Values{}).Status(http.StatusUnprocessableEntity).Has("页面已过期")

		// the same act is offered in the new state: the words go into its form
		other := c.Login("decider-lx-spj")
		rev := c.Login("reviewer-lx-cgj")
		extend := other.Get("/desk/cases/" + no).Form(at + "extend")
		extend.Set("days", "5")
		extend.Set("reason", "需要复核管线资料。")
		suspend := rev.Get("/desk/cases/" + no).Form(at + "suspend")
		suspend.Set("kind", "expert")
		suspend.Set("experts", "丁专家（演示大学）")
		suspend.Set("reason", "主干道开挖，组织专家评审。")
		rev.Post(at+"suspend", suspend).To("/desk/cases/")
		rev.Get("/desk/cases/"+no).Has("特别程序", "计时暂停")
		other.Post(at+"extend", extend).Status(http.StatusConflict).Has("需要复核管线资料。")
		rev.Act(no, "resume", "reason", "方案可行").To("/desk/cases/")
		kept := other.Post(at+"extend", extend).Status(http.StatusConflict).Has("核对之后仍要办理", "需要复核管线资料。")
		again := kept.Form(at + "extend")
		again.Set("reason", "需要复核管线资料。")
		other.Post(at+"extend", again).To("/desk/cases/")
		other.Get("/desk/cases/" + no).Has("延长5个工作日").Lacks("act-extend")
	})
}

// TestUnmask: personal data in clear needs a purpose, which is recorded.
func TestUnmask(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		clerk := c.Login("clerk-lx")
		at := "/desk/cases/" + no + "/unmask"
		clerk.Post(at, url.Values{"what": {"answers"}}).Status(http.StatusUnprocessableEntity).Has("请写明查看个人信息的用途")
		clerk.Post(at, url.Values{"purpose": {"联系申请人"}}).Status(http.StatusUnprocessableEntity).Has("请勾选要查看的内容")
		clerk.Post(at, url.Values{"what": {"answers"}, "purpose": {"联系申请人"}}).Status(http.StatusOK).Has("13000000021", "仅本次显示")
		clerk.Get("/desk/cases/" + no).Lacks("13000000021")
		var n int
		c.Must(c.DB.Read(t.Context()).QueryRow(`SELECT count(*) FROM audit_record WHERE act = 'identity.unmask' AND subject = $1`, "case/"+no).Scan(&n))
		if n != 1 {
			t.Errorf("%d records of one look", n)
		}
		c.Login("supervisor-lx").Post(at, url.Values{"what": {"answers"}, "purpose": {"监督"}}).Status(http.StatusForbidden)
	})
}

// TestFile: what was handed in opens in the browser for who handles the case.
func TestFile(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		page := c.Login("clerk-lx").Get("/desk/cases/" + no)
		i := strings.Index(page.Body, "/desk/cases/"+no+"/files/")
		if i < 0 {
			t.Fatal("no file on the page")
		}
		path := page.Body[i : i+strings.IndexByte(page.Body[i:], '"')]
		got := c.Login("reviewer-lx-cgj").Get(path).Status(http.StatusOK)
		if got.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "inline") || !strings.HasPrefix(got.Body, "%PDF") {
			t.Errorf("%v %.20q", got.Header, got.Body)
		}
		c.Login("clerk-jy").Get(path).Status(http.StatusNotFound)
		c.Browser().Get(path).To("/desk/login")
	})
}
