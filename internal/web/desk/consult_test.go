package desk_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/tongban/tongban/internal/actor"
	"github.com/tongban/tongban/internal/catalog"
	"github.com/tongban/tongban/internal/consult"
	"github.com/tongban/tongban/internal/form"
	"github.com/tongban/tongban/internal/web/desk/worktest"
	"github.com/tongban/tongban/sample"
)

// inquire performs an act on the page of an inquiry.
func inquire(b *worktest.Browser, no, act string, more ...string) worktest.Page {
	in := url.Values{"act": {act}}
	for i := 0; i < len(more); i += 2 {
		in.Set(more[i], more[i+1])
	}
	return b.Post("/desk/consult/"+no, in)
}

// TestConsult is a question that is answered late: red in the list, reminded,
// counted; then answered, asked once more, answered, and proposed for the guide.
func TestConsult(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		person := c.Company("yunhe-shizheng", "jiang-tao")
		x, err := c.Consult.Ask(t.Context(), person, consult.AskInput{Kind: consult.Question, ItemCode: c.Code(worktest.Road), Words: "挖路要先报交警吗？"})
		c.Must(err)
		at := "/desk/consult/" + x.No
		reviewer := c.Login("reviewer-lx-spj")
		reviewer.Get("/desk/consult").Status(http.StatusOK).Has("待办理", "占用、挖掘城市道路", "待答复", "2026-03-09", "共 1 件").Lacks("超期")
		reviewer.Get(at).Has("挖路要先报交警吗？", "还剩 5 个工作日", "当日不计", "本市自行设定的咨询答复时限", "转其他单位")
		inquire(reviewer, x.No, "answer").Status(http.StatusUnprocessableEntity).Has("请填写答复")
		inquire(reviewer, x.No, "not-ours", "text", "x").Status(http.StatusUnprocessableEntity).Has("请填写应当去哪里咨询或者办理")

		c.Later(8 * 24 * time.Hour)
		c.Must(c.Consult.Tick(t.Context()))
		reviewer = c.Login("reviewer-lx-spj")
		reviewer.Get("/desk/consult").Has("待答复·已超期", "超期1个工作日", "1 件超期")
		reviewer.Get(at).Has("超过期限，已催办", "已超期")
		c.Login("supervisor-lx").Get("/console/consult").Status(http.StatusOK).Has("咨询", "现已超期").Has("梁溪区行政审批局")

		inquire(reviewer, x.No, "answer", "text", "由审批局统一受理，\n不用另外报交警。").To(at)
		reviewer.Get(at).Has("已答复", "由审批局统一受理", "提议列入常见问题")
		_, err = c.Consult.Do(t.Context(), person, x.No, consult.Input{Act: consult.FollowUp, Text: "夜里施工呢？"})
		c.Must(err)
		reviewer.Get(at).Has("追问", "夜里施工呢？", "还剩 5 个工作日")
		inquire(reviewer, x.No, "answer", "text", "也一样。").To(at)
		inquire(reviewer, x.No, "propose", "question", "要报交警吗？", "text", "打13800000001").Status(http.StatusUnprocessableEntity).Has("不能有姓名")
		inquire(reviewer, x.No, "propose", "question", "要报交警吗？", "text", "不用，由审批局统一受理。").To(at)

		steward := c.Login("steward-lx")
		steward.Get("/console/consult").Status(http.StatusOK).Has("要报交警吗？", "不用，由审批局统一受理。").Lacks("夜里施工", "运河")
		list, err := c.Consult.Proposals(t.Context(), c.Staff("steward-lx"))
		c.Must(err)
		decide := "/console/consult/proposals/" + strconv.FormatInt(list[0].ID, 10)
		steward.Post(decide, url.Values{"do": {"decline"}}).Status(http.StatusUnprocessableEntity).Has("请填写不采纳的理由")
		steward.Post(decide, url.Values{"do": {"take"}}).To("/console/consult")
		steward.Get("/console/consult").Lacks("要报交警吗？")
		steward.Get(at).Status(http.StatusNotFound)
	})
}

// TestConsultWindow is a visitor without an account: answered at the window, or
// taken down for the unit in charge, which calls back.
func TestConsultWindow(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		clerk := c.Login("clerk-lx")
		found := clerk.Get("/desk/consult/new?q=" + url.QueryEscape("挖路")).Status(http.StatusOK).Has("占用、挖掘城市道路")
		form := clerk.Get(strings.ReplaceAll(found.First("/desk/consult/new?item="), "&amp;", "&")).Has("当场答复").Form("/desk/consult")
		clerk.Post("/desk/consult", form).Status(http.StatusUnprocessableEntity).Has("请填写要咨询的问题")
		form.Set("words", "窗口几点下班？")
		form.Set("phone", "12")
		clerk.Post("/desk/consult", form).Status(http.StatusUnprocessableEntity).Has("联系电话应为", "窗口几点下班？")
		form.Set("phone", "13900000009")
		form.Set("name", "赵先生")
		form.Set("answer", "下午五点。")
		to := clerk.Post("/desk/consult", form).To("/desk/consult/ZX")
		if again := clerk.Post("/desk/consult", form).To("/desk/consult/ZX"); again != to {
			t.Errorf("a double click makes %s of %s", again, to)
		}
		clerk.Get(to).Has("已答复", "下午五点。", "赵先生").Lacks("13900000009")
		form.Del("answer")
		to = clerk.Post("/desk/consult", form).To("/desk/consult/ZX")
		clerk.Get("/desk/consult").Has("本中心受理、其他单位办理中", "赵**")
		c.Login("reviewer-lx-spj").Get(to).Has("13900000009")
		c.Login("supervisor-lx").Get(to).Lacks("13900000009")
		clerk.Get("/desk/consult?no=" + strings.ToLower(strings.TrimPrefix(to, "/desk/consult/"))).To(to)

		no := c.Apply()
		clerk.Get("/desk/cases/" + no).Has("登记办不成的事")
		of := clerk.Get("/desk/consult/new?kind=failure&case=" + no).Has("无锡运河样本市政工程有限公司").Form("/desk/consult")
		clerk.Post("/desk/consult", of).Status(http.StatusUnprocessableEntity).Has("请选择办不成的原因", "请选择卡在哪一步")
		c.Login("clerk-jy").Get("/desk/consult/new?case=" + no).Status(http.StatusNotFound)
	})
}

// TestFailure is what could not be done: closed by a new version of the guide,
// back again, shown as such, and refused by two persons.
func TestFailure(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		person, item := c.Company("yunhe-shizheng", "jiang-tao"), c.Code(worktest.Road)
		report := func() string {
			x, err := c.Consult.Ask(t.Context(), person, consult.AskInput{Kind: consult.Failure, ItemCode: item, Reason: "extra-material", Stage: "receive", Words: "要了指南上没有的证明"})
			c.Must(err)
			return x.No
		}
		first := report()
		reviewer, decider, steward := c.Login("reviewer-lx-spj"), c.Login("decider-lx-spj"), c.Login("steward-lx")
		reviewer.Get("/desk/consult/"+first).Has("已改进，办结", "拟不予解决，报复核", "办事指南第1版").Lacks("此前已有", "撤回")
		inquire(reviewer, first, "close-by-change", "itemVersion", "2", "text", "改了").Status(http.StatusUnprocessableEntity).Has("办事指南没有这一版")
		c.Later(10 * time.Minute)
		republish(c, "占道以外的证明不再要求")
		c.Later(time.Minute)
		inquire(reviewer, first, "close-by-change", "itemVersion", "1", "text", "改了").Status(http.StatusUnprocessableEntity).Has("不是在反映之后发布的")
		inquire(reviewer, first, "close-by-change", "itemVersion", "2", "text", "不再要求证明").To("/desk/consult/" + first)
		reviewer.Get("/desk/consult/"+first).Has("已改进办结", "第2版", "/changes?from=1").Lacks("拟不予解决")

		again := report()
		reviewer.Get("/desk/consult/"+again).Has("此前已有1次反映", "改进后又出现", "办事指南第2版")
		reviewer.Get("/desk/consult").Has("改进后又出现")
		steward.Get("/console/consult").Has("改进后又出现", "被要求提供指南以外的材料").Lacks("要了指南上没有的证明")
		steward.Get("/console/consult/items/"+item).Status(http.StatusOK).Has(first, again, "第1版", "改进后又出现").Lacks("要了指南上没有的证明")

		inquire(reviewer, again, "propose-refusal", "text", "安全要求").Status(http.StatusUnprocessableEntity).Has("请填写不予解决的法律依据")
		inquire(reviewer, again, "propose-refusal", "text", "涉及安全，不能减少。", "basis", "城市道路管理条例 第三十三条").To("/desk/consult/" + again)
		inquire(reviewer, again, "refuse").Status(http.StatusForbidden)
		decider.Get("/desk/consult/"+again).Has("待复核", "涉及安全，不能减少。", "同意，说明理由办结", "不同意，退回处理")
		inquire(decider, again, "refuse").To("/desk/consult/" + again)
		decider.Get("/desk/consult/"+again).Has("说明理由办结", "城市道路管理条例 第三十三条")
		msgs, err := c.Consult.Show(t.Context(), person, again)
		c.Must(err)
		if last := msgs.Entries[len(msgs.Entries)-1]; last.Words.Basis == "" || last.Words.Text == "" || len(msgs.Entries) != 2 {
			t.Errorf("%+v", msgs.Entries)
		}
	})
}

// republish makes the next version of the road's guide.
func republish(c *worktest.City, standard string) {
	read := func(name string, to any) {
		b, err := sample.City.ReadFile(name)
		c.Must(err)
		j, err := yaml.YAMLToJSON(b)
		c.Must(err)
		c.Must(json.Unmarshal(j, to))
	}
	var def catalog.Def
	var els form.Elements
	read("items/"+string(worktest.Road)+".yaml", &def)
	read("elements.yaml", &els)
	def.Guide.Materials[0].Standard = standard
	_, err := c.Catalog.Import(c.T.Context(), actor.Platform(), def, els)
	c.Must(err)
}
