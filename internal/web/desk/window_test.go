package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tongban/tongban/internal/casework"
	"github.com/tongban/tongban/internal/channel"
	"github.com/tongban/tongban/internal/clock"
	"github.com/tongban/tongban/internal/ident"
	"github.com/tongban/tongban/internal/web/desk/worktest"
)

// TestIntake: a person without a phone is registered at the window, an item of
// the centre is chosen, the wizard opens with the paper in the clerk's hands.
func TestIntake(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		clerk := c.Login("clerk-lx")
		clerk.Get("/desk/intake").Status(http.StatusOK).Has("为谁办理")
		find := func(no string) worktest.Page { return clerk.Post("/desk/intake/party", url.Values{"number": {no}}) }
		find("123").Status(http.StatusUnprocessableEntity).Has(`value="123"`)
		find("320213199004129928").Status(http.StatusUnprocessableEntity) // the check digit is wrong
		find("91320213MAXX00999X").Status(http.StatusUnprocessableEntity)
		to := find("320204195603189919").To("/desk/intake?who=")
		clerk.Get(to).Status(http.StatusOK).Has("王建国", "320204********9919", "占用、挖掘城市道路审批").Lacks("320204195603189919")
		clerk.Get(to + "&q=" + url.QueryEscape("领证")).Status(http.StatusOK).Has("结婚登记").Lacks("占用、挖掘")
		clerk.Get(to + "&q=" + url.QueryEscape("没有这样的事")).Status(http.StatusOK).Has("没有找到可以收件的事项")
		clerk.Get(to + "&q=" + strings.Repeat("长", 200)).Status(http.StatusOK).Has("100个字")
		c.Login("clerk2-lx").Get(to).Status(http.StatusNotFound) // another clerk's find
		clerk.Get(strings.Replace(to, "who=person.", "who=person.1", 1)).Status(http.StatusNotFound)

		walkin, err := ident.MakeResident("320213", time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), 993)
		c.Must(err)
		page := find(walkin).Status(http.StatusOK).Has("登记申请人", walkin)
		form := page.Form("/desk/intake/register")
		clerk.Post("/desk/intake/register", form).Status(http.StatusUnprocessableEntity)
		form.Set("name", "周老伯")
		form.Set("phone", "12")
		clerk.Post("/desk/intake/register", form).Status(http.StatusUnprocessableEntity).Has("周老伯", `value="12"`)
		form.Set("phone", "")
		to = clerk.Post("/desk/intake/register", form).To("/desk/intake?who=person.")
		clerk.Get(to).Has("周老伯")
		clerk.Get(to + "&item=nothing").Status(http.StatusNotFound)
		list := clerk.Get(to+"&item="+c.Code(worktest.Marriage)).Status(http.StatusOK).Has("材料清单", "双方居民身份证", "必须提交", "扫描、拍照或者出示原件", "开始收件")
		who := list.Form("/desk/intake/start")
		clerk.Post("/desk/intake/start", url.Values{"who": {who.Get("who")}, "item": {"nothing"}}).Status(http.StatusNotFound)
		draft := clerk.Post("/desk/intake/start", who).To("/desk/apply/")
		next := clerk.Get(draft).To(draft + "/")
		clerk.Get(next).Status(http.StatusOK).Has("周老伯", "窗口收件")
		clerk.Get("/desk/intake").Status(http.StatusOK).Has("还没有提交的收件", "周老伯")

		// A card reader types more than the number; the next person of the same item.
		in := clerk.Get("/desk/intake?item="+c.Code(worktest.Marriage)).Status(http.StatusOK).Has("结婚登记", "下一位").Form("/desk/intake/party")
		in.Set("number", "王建国,男,汉,1956-03-18,无锡市梁溪区演示路1号,320204195603189919")
		next = clerk.Post("/desk/intake/party", in).To("/desk/intake?")
		clerk.Get(next).Status(http.StatusOK).Has("王建国", "材料清单")
		fresh, err := ident.MakeResident("320213", time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), 994)
		c.Must(err)
		find("姓名：钱新人 公民身份号码：123").Status(http.StatusUnprocessableEntity)
		got := find("姓名：钱新人,住址：无锡市梁溪区演示路9号,公民身份号码：" + fresh).Status(http.StatusOK).Has("登记申请人").Form("/desk/intake/register")
		if got.Get("name") != "钱新人" || got.Get("address") != "无锡市梁溪区演示路9号" || got.Get("idNumber") != fresh {
			t.Errorf("the card gave %v", got)
		}
	})
}

// TestMarriage finishes at the window: pre-reviewed online, booked, the
// originals seen when both are there.
func TestMarriage(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		couple := c.Person("zhao-mingxuan")
		no := c.ApplyFor(couple, worktest.Marriage, worktest.MarriageAnswers(), casework.Delivery{Way: "pickup"})
		clerk := c.Login("clerk-lx")
		clerk.Get("/desk/cases/"+no).Has("预审通过", "320213********9937").Lacks("act-accept", "320213199501069937")
		clerk.Act(no, "precheck-pass").To("/desk/cases/" + no)
		it, err := c.Catalog.Item(t.Context(), c.Code(worktest.Marriage))
		c.Must(err)
		day := clock.DateOf(c.Clock.Now()) + 1
		_, err = c.Channel.Book(t.Context(), couple, channel.Booking{CentreID: c.Refs.Units["lx-zx"], ItemID: it.ID, ItemName: it.Name, Day: day, Slot: "09:30", CaseNo: no})
		c.Must(err)
		clerk.Get("/desk/appointments").Status(http.StatusOK).Has("这一天没有预约")
		c.Later(24 * time.Hour)
		clerk = c.Login("clerk-lx")
		clerk.Get("/desk/appointments").Status(http.StatusOK).Has("09:30", "赵明轩", "结婚登记", "/desk/cases/"+no)
		clerk.Get("/desk/appointments?day=nonsense").Status(http.StatusNotFound)
		clerk.Get("/desk/cases/"+no).Has("到窗口受理", "已查验的原件", "双方居民身份证")
		clerk.Act(no, "arrive", "seen", "m01").To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("窗口已查验原件", "审查中")
		look := clerk.Post("/desk/cases/"+no+"/unmask", url.Values{"what": {"idNumber", "phone"}, "purpose": {"核对双方身份"}}).Status(http.StatusOK)
		look.Has("320213199501069937", "13000000014")
		clerk.Post("/desk/cases/"+no+"/unmask", url.Values{"what": {"salary"}, "purpose": {"看看"}}).Status(http.StatusUnprocessableEntity)
	})
}

// TestFind: by the whole number anywhere one may read, by its end among one's
// own open cases.
func TestFind(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no, other := c.Apply(), c.Apply()
		clerk := c.Login("clerk-lx")
		clerk.Get("/desk/search?no=12").Status(http.StatusUnprocessableEntity).Has("至少4位")
		clerk.Get("/desk/search?no=" + url.QueryEscape(no[:31]+" "+no[31:])).To("/desk/cases/" + no)
		clerk.Get("/desk/search?no=" + no[31:39] + "-" + no[39:]).To("/desk/cases/" + no)
		clerk.Get("/desk/search?no=" + other[39:]).To("/desk/cases/" + other)
		clerk.Get("/desk/search?no=9999").Status(http.StatusOK).Has("没有找到这个办件")
		c.Login("clerk-jy").Get("/desk/search?no=" + no).Status(http.StatusOK).Has("没有找到这个办件").Lacks("运河")
		c.Login("supervisor-lx").Get("/desk/search?no=" + no).To("/desk/cases/" + no)
	})
}

// TestBadInput: what no page sends is refused in words, never with 500.
func TestBadInput(t *testing.T) {
	worktest.Each(t, func(c *worktest.City) {
		no := c.Apply()
		clerk := c.Login("clerk-lx")
		at := "/desk/cases/" + no + "/acts/decline"
		page := clerk.Get("/desk/cases/" + no).Form(at)
		with := func(k, v string) url.Values {
			in := url.Values{k: {v}}
			for key, val := range page {
				if key != k {
					in[key] = val
				}
			}
			return in
		}
		clerk.Post(at, with("reason", strings.Repeat("长", 1001))).Status(http.StatusUnprocessableEntity).Has("不要超过1000个字")
		clerk.Post(at, with("reason", "\x00\x01")).Status(http.StatusUnprocessableEntity).Has("请写明理由")
		clerk.Post(at, with("version", "abc")).Status(http.StatusUnprocessableEntity)
		clerk.Post(at, with("version", "99999999999999999999")).Status(http.StatusUnprocessableEntity)
		clerk.Post(at, with("from", "https://evil.example/")).Status(http.StatusUnprocessableEntity).Lacks("evil.example/\"")
		clerk.Post(at, with("reason", strings.Repeat("x", 2<<20))).Status(http.StatusRequestEntityTooLarge)
		clerk.Post("/desk/cases/"+no+"/acts/nonsense", page).Status(http.StatusUnprocessableEntity).Has("没有这项操作")
		clerk.Post("/desk/cases/"+no+"/acts/request-correction", url.Values{"version": {page.Get("version")}, "ask": {"m|m99|z", "garbage"}, "go": {"send"}}).Status(http.StatusUnprocessableEntity)
		clerk.Get("/desk/cases/" + url.PathEscape("' OR 1=1 --")).Status(http.StatusNotFound)
		clerk.Get("/desk/cases/" + strings.Repeat("9", 3000)).Status(http.StatusNotFound)
		clerk.Get("/desk?unit=x&role=y").Status(http.StatusNotFound)
		clerk.Get("/desk?cursor=nonsense").Status(http.StatusBadRequest)
		clerk.Get("/desk/documents/x").Status(http.StatusNotFound)
		clerk.Post(at, with("reason", "不属于城市道路 😀。")).To("/desk/cases/" + no)
		clerk.Get("/desk/cases/"+no).Has("不予受理", "😀")
	})
}
